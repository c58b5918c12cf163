import type { ResourceAction } from "@operatorkit/object";
import type { Labels, Metrics } from "@operatorkit/observe";
import { backoffRetryPolicy, constantBackoff } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import type { ReconcilerRequest, ReconcilerResult } from "./resource-reconciler.ts";
import { failing, KIND, Stage, thing } from "./testing/stage.ts";

interface Seen {
  readonly action: ResourceAction;
  readonly version: string | undefined;
  readonly state: unknown;
  readonly attempt: number;
  readonly atMs: number;
}

/** A reconciler that writes down its calls and answers as told. */
function reconcilerOn(
  stage: Stage,
  answer: (seen: Seen, call: number) => ReconcilerResult | undefined | void = () => {},
): { seen: Seen[]; reconcile(request: ReconcilerRequest): ReconcilerResult | undefined | void } {
  const seen: Seen[] = [];
  const reconciler = {
    seen,
    reconcile({ action, object, state, attempt }: ReconcilerRequest): ReconcilerResult | undefined | void {
      const one = { action, version: object.metadata.resourceVersion, state, attempt, atMs: stage.clock.monotonicMs() };
      seen.push(one);
      return answer(one, seen.length);
    },
  };
  stage.controller.addReconciler(reconciler, KIND);
  return reconciler;
}

const retryPolicy = backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 3 });
const [v1, v2, v3] = [1, 2, 3].map((generation) => thing("a", { generation, resourceVersion: String(generation) }));

describe("a reconciler", () => {
  it("is reported under the name of what happened, and keeps the newest state that was left for it", async () => {
    await using stage = new Stage({ retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 1 }) });
    const { seen } = reconcilerOn(stage, (_seen, call) => (call > 2 ? undefined : { error: "no", ...(call === 1 && { state: "left" }) }));
    await stage.start();
    await stage.tell(stage.informer.update(v1, v1));
    await stage.tell(stage.informer.update(v1, v1));
    expect(stage.failures.map(({ action }) => action)).toEqual(["RESYNC", "RESYNC"]);
    await stage.advance(5000);
    expect(seen.map(({ attempt, state }) => [attempt, state])).toEqual([
      [0, undefined],
      [0, undefined],
      [1, "left"],
    ]);
  });

  it("is told of what happened by name: a resync is an update to the same version", async () => {
    await using stage = new Stage();
    const { seen } = reconcilerOn(stage);
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    await stage.tell(stage.informer.update(v1, v2));
    await stage.tell(stage.informer.update(v2, thing("a", { generation: 2, resourceVersion: "2" })));
    await stage.tell(stage.informer.delete(v2));
    expect(seen.map(({ action, version }) => `${action} ${version}`)).toEqual(["CREATE 1", "UPDATE 2", "RESYNC 2", "DELETE 2"]);
  });

  it("hears of the same events as a watcher of its kind, after it", async () => {
    await using stage = new Stage();
    const { seen } = reconcilerOn(stage);
    const watcher = stage.recorder(() => expect(seen).toHaveLength(0));
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    expect([watcher.calls.length, seen.length]).toEqual([1, 1]);
    expect(stage.failures).toEqual([]);
  });

  it.each(["watcher", "reconciler"] as const)("when the %s fails, it alone is retried", async (who) => {
    await using stage = new Stage({ retryPolicy });
    const { seen } = reconcilerOn(stage, ({ attempt }) => (who === "reconciler" && attempt < 2 ? failing() : undefined));
    const watcher = stage.recorder(({ attempt }) => who === "watcher" && attempt < 2 && failing());
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    await stage.advance(10_000);
    expect([watcher.calls.length, seen.length]).toEqual(who === "watcher" ? [3, 1] : [1, 3]);
    expect(stage.failures.map(({ handler }) => handler)).toEqual([who, who]);
  });

  it("that asks for it is called again after that long, with the state it left, and without the policy", async () => {
    await using stage = new Stage({ retryPolicy: null });
    const { seen } = reconcilerOn(stage, (_seen, call) => (call < 3 ? { requeueAfterMs: 500 * call, state: { call } } : undefined));
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    await stage.advance(10_000);
    expect(seen.map(({ atMs, state, attempt }) => [atMs, state, attempt])).toEqual([
      [0, undefined, 0],
      [500, { call: 1 }, 0],
      [1500, { call: 2 }, 0],
    ]);
  });

  it("keeps the newest state over retries, also those that leave none; upstream keeps the first", async () => {
    await using stage = new Stage({ retryPolicy });
    const { seen } = reconcilerOn(stage, (_seen, call) => {
      if (call === 1) return { error: new Error("first"), state: "one" };
      if (call === 2) return { error: new Error("second"), state: "two" };
      return call === 3 ? failing() : undefined;
    });
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    await stage.advance(10_000);
    expect(seen.map(({ state }) => state)).toEqual([undefined, "one", "two", "two"]);
    expect(stage.failures.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
  });

  it("that fails and asks to be called again is reported and called again; upstream swallows the error", async () => {
    await using stage = new Stage({ retryPolicy: null });
    const error = new Error("half done");
    const { seen } = reconcilerOn(stage, (_seen, call) => (call === 1 ? { error, requeueAfterMs: 100 } : undefined));
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    await stage.advance(1000);
    expect(seen.map(({ attempt }) => attempt)).toEqual([0, 0]);
    expect(stage.failures).toMatchObject([{ error, willRetry: true, retryInMs: 100, handler: "reconciler" }]);
  });

  it("has requeues beside a watcher's retries of the same object", async () => {
    await using stage = new Stage({ retryPolicy });
    const { seen } = reconcilerOn(stage, (_seen, call) => (call === 1 ? { requeueAfterMs: 1500 } : undefined));
    const watcher = stage.recorder(({ attempt }) => attempt < 2 && failing());
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    await stage.advance(10_000);
    expect([watcher.times("add"), seen.map(({ atMs }) => atMs)]).toEqual([
      [0, 1000, 2000],
      [0, 1500],
    ]);
  });

  it("has a requeue dropped by a later generation of the same action", async () => {
    await using stage = new Stage();
    const { seen } = reconcilerOn(stage, ({ version }) => (version === "2" ? { requeueAfterMs: 1000 } : undefined));
    await stage.start();
    await stage.tell(stage.informer.update(v1, v2));
    await stage.tell(stage.informer.update(v2, v3));
    await stage.advance(10_000);
    expect(seen.map(({ version }) => version)).toEqual(["2", "3"]);
  });

  it.each<[string, ReconcilerResult]>([
    ["requeueAfterMs: NaN", { requeueAfterMs: Number.NaN }],
    ["requeueAfterMs: -1", { requeueAfterMs: -1 }],
    ["a number", 5 as never],
  ])("that answers with %s has failed", async (_title, answer) => {
    await using stage = new Stage({ retryPolicy: null });
    reconcilerOn(stage, () => answer);
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    expect(stage.failures).toMatchObject([{ error: expect.any(TypeError), willRetry: false }]);
  });
});

describe("removing reconcilers", () => {
  it("drops what they wait for, and keeps the others in order", async () => {
    await using stage = new Stage({ retryPolicy });
    const log: string[] = [];
    const [first, second, third] = ["first", "second", "third"].map((name) =>
      reconcilerOn(stage, () => {
        log.push(name);
        return { requeueAfterMs: 1000 };
      }),
    );
    if (first === undefined || second === undefined || third === undefined) throw new Error("three were made");
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    stage.controller.removeReconciler(second, KIND);
    stage.controller.removeReconciler(second, KIND);
    stage.controller.removeReconciler({ reconcile() {} }, KIND);
    await stage.advance(1000);
    expect(log).toEqual(["first", "second", "third", "first", "third"]);
  });

  it("of all of a kind leaves its watchers", async () => {
    await using stage = new Stage();
    const { seen } = reconcilerOn(stage);
    const watcher = stage.recorder();
    await stage.start();
    stage.controller.removeAllReconcilersForResource(KIND);
    stage.controller.removeAllReconcilersForResource("unknown");
    await stage.tell(stage.informer.add(v1));
    expect([watcher.calls.length, seen.length]).toEqual([1, 0]);
  });
});

describe("metrics", () => {
  it("count first failures per action, retries by how they ended, and what waits", async () => {
    const counted = new Map<string, number>();
    const at = (name: string, labels: Labels = {}): string => [name, ...Object.values(labels)].join(" ");
    const metrics: Metrics = {
      counter: ({ name }) => ({
        add: (value, labels) => void counted.set(at(name, labels), (counted.get(at(name, labels)) ?? 0) + value),
        remove() {},
      }),
      gauge: ({ name }) => ({
        set: (value, labels) => void counted.set(at(name, labels), value),
        add: (value, labels) => void counted.set(at(name, labels), (counted.get(at(name, labels)) ?? 0) + value),
        remove() {},
      }),
      histogram: () => ({ observe() {}, remove() {} }),
    };
    await using stage = new Stage({ metrics, retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 2 }) });
    stage.recorder(({ call }) => call === "add" && failing());
    reconcilerOn(stage, (_seen, call) => (call === 1 ? failing() : call === 2 ? { requeueAfterMs: 1 } : undefined));
    await stage.start();
    await stage.tell(stage.informer.add(v1));
    expect(counted.get("retry_processor_pending_total")).toBe(2);
    await stage.advance(10_000);
    const names = ["informer_events_total", "watcher_errors_total", "reconciler_errors_total", "ongoing_reconcile_events"];
    const interesting = [...counted].filter(([name]) => names.some((one) => name.startsWith(one)) || name.startsWith("retry_processor"));
    expect(Object.fromEntries(interesting)).toEqual({
      "informer_events_total CREATE things": 1,
      "ongoing_reconcile_events CREATE things": 0,
      "watcher_errors_total CREATE things": 1,
      "reconciler_errors_total CREATE things": 1,
      "retry_processor_enqueued_total CREATE": 2,
      "retry_processor_executions_total CREATE retry": 1,
      "retry_processor_executions_total CREATE failed": 1,
      "retry_processor_executions_total CREATE requeue": 1,
      "retry_processor_executions_total CREATE success": 1,
      retry_processor_pending_total: 0,
    });
  });
});
