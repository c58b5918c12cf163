import { ApiError, type Reader } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { ConfigMap } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { waitForObject, type WaitForObjectOptions } from "./wait-for-object.ts";

const ref = { namespace: "n", name: "a" };
const missing = new ApiError("get ConfigMap n/a: 404", { code: "NotFound", status: 404 });

/** Waits for `sky` to be blue, on a server that gives these answers one after the other, the last for ever. */
function wait(answers: readonly (string | Error)[], options: WaitForObjectOptions = {}) {
  const clock = new ManualClock();
  const atMs: number[] = [];
  const reader: Pick<Reader, "get"> = {
    async get<T extends KubernetesObject>(_kind: Kind<T>): Promise<T> {
      const answer = answers[Math.min(atMs.length, answers.length - 1)] ?? missing;
      atMs.push(clock.monotonicMs());
      if (answer instanceof Error) throw answer;
      const object: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "n" }, data: { sky: answer } };
      return object as unknown as T;
    },
  };
  const outcome = waitForObject(reader, ConfigMap, ref, ({ data }) => data?.["sky"] === "blue", { clock, ...options }).then(
    (object) => object.data?.["sky"],
    (error: unknown) => error,
  );
  return { clock, atMs, outcome };
}

describe("waitForObject", () => {
  it("looks at once and then at intervals, until the object is as wanted, and resolves with it", async () => {
    const { clock, atMs, outcome } = wait(["grey", "red", "blue"]);
    await clock.advance(5_000);
    expect([await outcome, atMs]).toEqual(["blue", [0, 1_000, 2_000]]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives up when the time is up, after a last look, and says what it waited for", async () => {
    const { clock, atMs, outcome } = wait(["grey"], { timeoutMs: 2_500, what: "to have a blue sky" });
    await clock.advance(5_000);
    expect(await outcome).toMatchObject({ code: "Timeout", message: "wait for ConfigMap n/a to have a blue sky: not so after 2500 ms" });
    expect([atMs, clock.pendingTimers]).toEqual([[0, 1_000, 2_000, 2_500], 0]);
  });

  it("fails at once with what a request fails with, an object that is not there too, unless that is waited for", async () => {
    expect(await wait([missing, "blue"]).outcome).toBe(missing);
    const patient = wait([missing, "blue"], { missing: "wait" });
    await patient.clock.advance(1_000);
    expect(await patient.outcome).toBe("blue");
    const forbidden = new ApiError("get ConfigMap n/a: 403", { code: "Forbidden", status: 403 });
    expect(await wait([forbidden], { missing: "wait" }).outcome).toBe(forbidden);
  });

  it("ends with its signal, and leaves no timer", async () => {
    const stop = new AbortController();
    const { clock, outcome } = wait(["grey"], { signal: stop.signal });
    await clock.advance(500);
    stop.abort(new Error("enough"));
    expect(await outcome).toMatchObject({ message: "enough" });
    expect(clock.pendingTimers).toBe(0);
  });

  it("refuses what cannot work, and gives back the kind's type", async () => {
    expect(await wait(["grey"], { intervalMs: -1 }).outcome).toMatchObject({ message: expect.stringContaining("intervalMs: -1") });
    const reader: Pick<Reader, "get"> = { get: () => Promise.reject(missing) };
    await expect(waitForObject(reader, ConfigMap, ref, undefined as never)).rejects.toThrow(
      "waitForObject: until: is missing, and must be a function",
    );
    expectTypeOf(waitForObject<ConfigMap>).returns.resolves.toEqualTypeOf<ConfigMap>();
  });
});
