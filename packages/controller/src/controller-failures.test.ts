import { ApiError } from "@operatorkit/api";
import { ConfigMap, Event } from "@operatorkit/object/kinds";
import type { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import type { ControllerOptions } from "./controller.ts";
import { ReconcileError, TerminalError } from "./reconcile-error.ts";
import { backoff, configMapOf, noting } from "./testing/echo-reconciles.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
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

  it("that are terminal end the count of failures in a row", async () => {
    const counts: number[] = [];
    const { clock, cluster, stop } = await start(
      {
        backoff,
        reconcile({ failures, object }) {
          counts.push(failures);
          if (failures === 2 && object.spec.text === "bad") throw new TerminalError("never");
          throw new Error("no");
        },
      },
      { objects: [echo("a", "bad")] },
    );
    await clock.advance(10_000);
    expect(counts).toEqual([0, 1, 2]);
    cluster.put(echo("a", "better"));
    await clock.advance(1000);
    expect(counts).toEqual([0, 1, 2, 0, 1]);
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

  it("that cannot be said in the status are tried again all the same, and told as they are", async () => {
    const refused = new Error("the registry refuses");
    const told: unknown[] = [];
    const cluster = new FakeCluster([Echo, Event]);
    cluster.onWrite = ({ subresource }) => {
      if (subresource === "status") throw new ApiError("apply: no", { code: "Forbidden", status: 403 });
    };
    const { logs, stop } = await start(
      {
        backoff,
        onError: (error, { retryInMs }) => void told.push([(error as Error).cause, retryInMs]),
        reconcile({ key }) {
          const conditions = key === "n/a" ? [{ type: "Ready", status: "False", reason: "Refused" }] : { type: "Ready" };
          throw new ReconcileError("no", { cause: refused, conditions: conditions as never });
        },
      },
      { objects: [echo("a"), echo("b")], cluster },
    );
    expect(told).toEqual([
      [refused, 1000],
      [refused, 1000],
    ]);
    const warnings = logs.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message, fields }) => [message, fields["object"], String(fields["error"])])).toEqual([
      ["the status of a failed reconcile could not be written", "n/a", expect.stringContaining("apply: no")],
      ["the status of a failed reconcile could not be written", "n/b", "TypeError: ReconcileError: conditions: an object must be a list"],
    ]);
    await stop();
  });

  it("are logged with the server's sentence, as when it does not know the owner's kind yet, and end by themselves", async () => {
    const sentence =
      'configmaps "a" is forbidden: cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion example.com/v1 Kind Echo';
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const knowsAtMs = 30_000;
    const clocks: ManualClock[] = [];
    cluster.onWrite = ({ kind }) => {
      const knows = (clocks[0]?.monotonicMs() ?? 0) >= knowsAtMs;
      if (kind === "ConfigMap" && !knows) throw new ApiError(`apply ConfigMap n/a: ${sentence}`, { code: "Forbidden", status: 403 });
    };
    const { clock, logs, stop } = await start(
      { owns: [ConfigMap], reconcile: async (context) => void (await context.api.apply(configMapOf(context))) },
      { objects: [echo("a")], cluster },
    );
    clocks.push(clock);
    const failures = (): (typeof logs)[number][] => logs.filter(({ level }) => level === "error");
    expect(failures()[0]).toMatchObject({
      message: "a turn failed and will be tried again",
      fields: { object: "n/a", retryInMs: 5, error: { message: expect.stringContaining(sentence) } },
    });
    await clock.advance(60_000);
    expect(cluster.get(ConfigMap, { namespace: "n", name: "a" })).toBeDefined();
    expect(failures()).toHaveLength(13);
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
