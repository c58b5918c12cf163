import { ApiError } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import type { ControllerOptions } from "./controller.ts";
import { ReconcileError, TerminalError } from "./reconcile-error.ts";
import { backoff, noting } from "./testing/echo-reconciles.ts";
import { Echo, echo, start } from "./testing/harness.ts";

describe("a controller's failures", () => {
  it.each<[string, ControllerOptions<Echo>["reconcile"]]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["never settles", () => new Promise(() => {})],
    ["asks for a delay that is no number", () => ({ requeueAfterMs: Number.NaN })],
    ["returns what is no result", () => "done" as never],
    ["returns a status that is none", () => ({ status: "ready" as never })],
    ["returns conditions that are no list", () => ({ conditions: { type: "Ready" } as never })],
    ["returns a condition without a reason", () => ({ conditions: [{ type: "Ready", status: "True" } as never] })],
  ])("stay with their object when a reconcile %s", async (_what, fail) => {
    const told: [string, number | undefined][] = [];
    const { keys, reconcile } = noting();
    const { clock, logs, stop } = await start(
      {
        backoff,
        reconcileTimeoutMs: 5000,
        onError: (_error, { key, retryInMs }) => void told.push([key, retryInMs]),
        reconcile(context) {
          if (context.key === "n/bad") return fail(context);
          reconcile(context);
          return undefined;
        },
      },
      { objects: [echo("bad"), echo("good")] },
    );
    await clock.advance(5000);
    expect(keys).toEqual(["n/good"]);
    expect(told[0]).toEqual(["n/bad", 1000]);
    expect(logs.filter(({ level }) => level === "error")[0]).toMatchObject({
      fields: { controller: "echo", object: "n/bad", failures: 1, retryInMs: 1000 },
    });
    await stop();
  });

  it("are tried again, later each time, until a success forgets them", async () => {
    const attempts: [number, number][] = [];
    const clocks: ManualClock[] = [];
    const { clock, cluster, stop } = await start(
      {
        reconcile({ failures, object }) {
          attempts.push([clocks[0]?.monotonicMs() ?? 0, failures]);
          if (object.spec.text !== "good") throw new Error("no");
        },
      },
      { objects: [echo("a")] },
    );
    clocks.push(clock);
    await clock.advance(40);
    expect(attempts).toEqual([
      [0, 0],
      [5, 1],
      [15, 2],
      [35, 3],
    ]);
    cluster.put(echo("a", "good"));
    await clock.advance(10_000);
    cluster.put(echo("a", "bad"));
    await clock.advance(0);
    expect(attempts.slice(4)).toEqual([
      [40, 4],
      [10_040, 0],
    ]);
    await stop();
  });

  it("wait as long as the server asks", async () => {
    const delays: unknown[] = [];
    const { stop } = await start(
      {
        backoff,
        onError: (_error, { retryInMs }) => void delays.push(retryInMs),
        reconcile() {
          throw new ApiError("apply: too many requests", { code: "TooManyRequests", status: 429, retryAfterMs: 7000 });
        },
      },
      { objects: [echo("a")] },
    );
    expect(delays).toEqual([7000]);
    await stop();
  });

  it("that are terminal are not tried again until something changes", async () => {
    const told: unknown[] = [];
    let calls = 0;
    const { clock, cluster, stop } = await start(
      {
        backoff,
        onError: (error, { retryInMs }) => void told.push([(error as Error).message, retryInMs]),
        reconcile() {
          calls += 1;
          throw new TerminalError("spec.text is no text");
        },
      },
      { objects: [echo("a")] },
    );
    await clock.advance(60_000);
    expect([calls, told]).toEqual([1, [["spec.text is no text", undefined]]]);
    cluster.put(echo("a", "better"));
    await clock.advance(0);
    expect(calls).toBe(2);
    await stop();
  });

  it("may say in the status why", async () => {
    const { cluster, stop } = await start(
      {
        backoff,
        reconcile() {
          throw new ReconcileError("the registry refuses", { conditions: [{ type: "Ready", status: "False", reason: "Refused" }] });
        },
      },
      { objects: [echo("a")] },
    );
    expect(cluster.get(Echo, { namespace: "n", name: "a" })?.status).toMatchObject({
      observedGeneration: 1,
      conditions: [{ type: "Ready", status: "False", reason: "Refused" }],
    });
    await stop();
  });

  it("free the worker at the deadline, hold the object until the reconcile has really ended, and write nothing late", async () => {
    const calls: string[] = [];
    const gate = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    const { clock, cluster, stop } = await start(
      {
        backoff,
        reconcileTimeoutMs: 5000,
        async reconcile(context) {
          calls.push(context.key);
          if (calls.length === 1) {
            signal = context.signal;
            await gate.promise;
          }
          return { status: { said: context.key } };
        },
      },
      { objects: [echo("a"), echo("b")] },
    );
    await clock.advance(4999);
    expect(calls).toEqual(["n/a"]);
    await clock.advance(1);
    expect(calls.slice(0, 2)).toEqual(["n/a", "n/b"]);
    expect(signal?.aborted).toBe(true);
    await clock.advance(60_000);
    expect(calls.filter((key) => key === "n/a")).toHaveLength(1);
    expect(cluster.writes.filter((write) => write.includes("n/a"))).toEqual([]);
    gate.resolve();
    await clock.advance(0);
    expect(calls.filter((key) => key === "n/a").length).toBeGreaterThan(1);
    expect(await stop()).toBe("stopped");
  });

  it("survive an onError that throws", async () => {
    const { logs, stop } = await start(
      {
        backoff,
        onError() {
          throw new Error("the reporter is broken");
        },
        reconcile() {
          throw new Error("no");
        },
      },
      { objects: [echo("a")] },
    );
    expect(logs.map(({ message }) => message)).toContain("onError failed");
    expect(await stop()).toBe("stopped");
  });
});
