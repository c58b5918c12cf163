import { ConfigMap, Event } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { Controller, type ControllerOptions } from "./controller.ts";
import { noting } from "./testing/echo-reconciles.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo, start } from "./testing/harness.ts";

describe("a controller's events", () => {
  it("tell people about the object, as the controller", async () => {
    const { clock, cluster, stop } = await start(
      { reconcile: ({ event }) => event("Normal", "Said", "said hello") },
      { objects: [echo("a")] },
    );
    await clock.advance(0);
    expect(cluster.list(Event)).toMatchObject([
      {
        involvedObject: { kind: "Echo", name: "a", namespace: "n" },
        reason: "Said",
        message: "said hello",
        source: { component: "echo" },
      },
    ]);
    await stop();
  });
});

describe("stopping a controller", () => {
  it("lets the turns that run end, and gives no more", async () => {
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const { clock, run, abort } = await start(
      {
        async reconcile({ key, signal }) {
          await gate.promise;
          log.push(`${key} ${signal.aborted}`);
          return { status: { said: "yes" } };
        },
      },
      { objects: [echo("a"), echo("b")] },
    );
    abort();
    await clock.advance(1000);
    gate.resolve();
    await clock.advance(0);
    expect(await run).toBe("stopped");
    expect(log).toEqual(["n/a false"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("aborts turns after the grace, and does not call that a failure", async () => {
    let reason: unknown;
    const { clock, logs, run, abort } = await start(
      { reconcile: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject((reason = signal.reason)))) },
      { objects: [echo("a")] },
    );
    abort();
    await clock.advance(4999);
    expect(reason).toBeUndefined();
    await clock.advance(1);
    expect(await run).toBe("stopped");
    expect(reason).toEqual(new Error("controller echo is stopping"));
    expect(logs.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("is waited for as long as it may take in all, whatever the grace", async () => {
    const { clock, run, abort } = await start(
      { reconcile: () => new Promise(() => {}), stopGraceMs: 60_000, stopTimeoutMs: 1000 },
      { objects: [echo("a")] },
    );
    abort();
    await clock.advance(1000);
    expect(await run).toEqual(expect.objectContaining({ message: expect.stringContaining("the turn of n/a did not end within 1000 ms") }));
  });

  it("names the turns that do not end in time", async () => {
    const { clock, run, abort } = await start({ reconcile: () => new Promise(() => {}) }, { objects: [echo("a")] });
    abort();
    await clock.advance(30_000);
    expect(await run).toEqual(expect.objectContaining({ message: expect.stringContaining("the turn of n/a did not end within 30000 ms") }));
    expect(clock.pendingTimers).toBe(0);
  });

  it("may happen before it has synced, and it may run again afterwards, but not twice at once", async () => {
    const cluster = new FakeCluster([Echo, Event]);
    const { reconcile } = noting();
    const controller = new Controller({ name: "echo", for: Echo, reconcile });
    const clock = new ManualClock();
    await controller.run({ client: cluster.client(), signal: AbortSignal.abort(), clock });
    const stopping = new AbortController();
    const run = controller.run({ client: cluster.client(), signal: stopping.signal, clock });
    await expect(controller.run({ client: cluster.client(), signal: stopping.signal, clock })).rejects.toThrow(/runs already/);
    await clock.advance(0);
    stopping.abort();
    await clock.advance(0);
    await run;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a controller with bad options", () => {
  const good: ControllerOptions<Echo> = { name: "echo", for: Echo, reconcile: () => {} };
  it.each<[string, RegExp, Partial<ControllerOptions<Echo>>]>([
    ["name", /name: "" must be a string, and not empty/, { name: "" }],
    ["name", /128 characters/, { name: "x".repeat(129) }],
    ["name", /name: must be printable/, { name: "two\nlines" }],
    ["owns", /owns: an object must be a list/, { owns: ConfigMap as never }],
    ["namespace", /namespace: "No Name": a lowercase RFC 1123 label/, { namespace: "No Name" }],
    ["namespace", /namespace: null must be a string/, { namespace: null as never }],
    ["for", /for: "Echo" must be a kind/, { for: "Echo" as unknown as typeof Echo }],
    ["owns", /owns\[1\]: ConfigMap is there twice/, { owns: [ConfigMap, ConfigMap] }],
    ["watches", /watches\[0\].map/, { watches: [{ kind: ConfigMap }] as unknown as NonNullable<ControllerOptions<Echo>["watches"]> }],
    ["concurrency", /concurrency: 0/, { concurrency: 0 }],
    ["concurrency", /concurrency: Infinity must be a whole number/, { concurrency: Number.POSITIVE_INFINITY }],
    ["concurrency", /concurrency: 1.5 must be a whole number/, { concurrency: 1.5 }],
    ["reconcile", /reconcile: is missing, and must be a function/, { reconcile: undefined as never }],
    ["cleanup", /cleanup: true must be a function/, { cleanup: true as never }],
    ["onError", /onError: "log" must be a function/, { onError: "log" as never }],
    ["backoff", /backoff: 1000 must be a function, or false/, { backoff: 1_000 as never }],
    ["predicate", /predicates\[0\]: "changed" must be a function/, { predicates: ["changed" as never] }],
    ["namespace", /namespace: "" must be a string, and not empty; leave it out/, { namespace: "" }],
    ["labelSelector", /labelSelector: /, { labelSelector: "a in" }],
    ["resyncWaitMs", /resyncWaitMs: is about resyncs/, { resyncWaitMs: 5 }],
    ["reconcileTimeoutMs", /reconcileTimeoutMs: NaN/, { reconcileTimeoutMs: Number.NaN }],
    ["stopTimeoutMs", /stopTimeoutMs: -1/, { stopTimeoutMs: -1 }],
    ["finalizer", /finalizer: is for a cleanup/, { finalizer: "example.com/x" }],
    ["finalizer", /finalizer "no slash"/, { finalizer: "no slash", cleanup: () => {} }],
    ["finalizer", /finalizer "example.com\/not a name"/, { name: "not a name", cleanup: () => {} }],
  ])("a %s that cannot work is refused: %s", (_field, message, bad) => {
    expect(() => new Controller<Echo>({ ...good, ...bad })).toThrow(message);
  });

  it.each([undefined, null, "echo"])("none at all are refused: %o", (options) => {
    expect(() => new Controller(options as never)).toThrow("Controller: options are missing; give one object of them");
  });

  it("a cleanup for a kind of the core group needs a finalizer of its own", () => {
    expect(() => new Controller<ConfigMap>({ name: "x", for: ConfigMap, reconcile: () => {}, cleanup: () => {} })).toThrow(
      /finalizer of controller "x": the core group has no name/,
    );
  });
});
