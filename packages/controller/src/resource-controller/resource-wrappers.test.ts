import { ManualClock } from "@operatorkit/observe/testing";
import { backoffRetryPolicy, constantBackoff, PermanentError } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import type { ReconcileContext } from "../reconcile-context.ts";
import { recordingLogger, type LogLine } from "../testing/harness.ts";
import { crudSteps } from "./crud-steps.ts";
import { Pass } from "./pass.ts";
import type { ResourceContext } from "./resource-context.ts";
import { withLog, withMetrics, withRetry } from "./resource-wrappers.ts";
import type { CrudResource, Resource } from "./resource.ts";
import { sampling } from "./testing/run-controller.ts";
import { wrapResource } from "./wrap-resource.ts";

function context({ logs = [], signal = new AbortController().signal }: { logs?: LogLine[]; signal?: AbortSignal } = {}): ResourceContext {
  const reconcile = { key: "n/a", log: recordingLogger(logs), signal } as unknown as ReconcileContext;
  return new Pass(reconcile, "update", "echo-0").contextFor("r").context;
}

/** Fails so often, and then succeeds. */
function flaky(times: number, calls: string[] = [], error: unknown = new Error("flaky")): Resource {
  const run = (): void => {
    calls.push("call");
    if (calls.length <= times) throw error;
  };
  return { name: "flaky", ensureCreated: run, ensureDeleted: run };
}

class Numbers implements CrudResource<never, number> {
  readonly name = "numbers";
  readonly applied: number[] = [];
  failures = 0;
  getCurrentState(): number {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("flaky");
    }
    return 1;
  }
  getDesiredState(): number {
    return 2;
  }
  newUpdatePatch(current: number, desired: number): { update: number } {
    return { update: current + desired };
  }
  newDeletePatch(): undefined {}
  applyCreateChange(): void {}
  applyUpdateChange(change: number): void {
    this.applied.push(change);
  }
  applyDeleteChange(): void {}
}

describe("wrapResource", () => {
  it("goes around each function of a resource, passes results on, and leaves the resource as it is", async () => {
    const names: string[] = [];
    const numbers = new Numbers();
    const wrapped = wrapResource(numbers, async ({ resource, function: fn }, run) => {
      names.push(`${resource} ${fn}`);
      return run();
    });
    await crudSteps(wrapped).ensureCreated(context());
    expect(names).toEqual(["getCurrentState", "getDesiredState", "newUpdatePatch", "applyUpdateChange"].map((fn) => `numbers ${fn}`));
    expect(numbers.applied).toEqual([3]);
    await crudSteps<never, number>(numbers).ensureCreated(context() as ResourceContext<never>);
    expect(names).toHaveLength(4);
  });

  it("nests, the last outermost, any number of times", async () => {
    const names: string[] = [];
    let resource: Resource = flaky(0);
    for (const name of ["a", "b", "c"]) {
      resource = wrapResource(resource, (_call, run) => {
        names.push(name);
        return run();
      });
    }
    await resource.ensureDeleted(context());
    expect(names).toEqual(["c", "b", "a"]);
  });
});

describe("withRetry", () => {
  it("calls 3 times in all, 1 s apart, logs each failure that is tried again, and throws the last error", async () => {
    const clock = new ManualClock();
    const logs: LogLine[] = [];
    const calls: string[] = [];
    const running = Promise.resolve(withRetry(flaky(9, calls), { clock }).ensureCreated(context({ logs }))).catch(
      (error: unknown) => error,
    );
    await clock.advance(999);
    expect(calls).toHaveLength(1);
    await clock.advance(10_000);
    expect(await running).toEqual(new Error("flaky"));
    expect(calls).toHaveLength(3);
    expect(logs.map(({ level, fields }) => [level, fields.function])).toEqual([
      ["warn", "ensureCreated"],
      ["warn", "ensureCreated"],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("retries a step of a CRUD resource, not the whole", async () => {
    const clock = new ManualClock();
    const numbers = new Numbers();
    numbers.failures = 2;
    const wrapped: CrudResource<never, number> = withRetry(numbers, { clock });
    const running = crudSteps(wrapped).ensureCreated(context() as ResourceContext<never>);
    await clock.advance(2000);
    await running;
    expect(numbers.applied).toEqual([3]);
  });

  it("begins anew with each call", async () => {
    const calls: string[] = [];
    const policy = backoffRetryPolicy({ backoff: constantBackoff(0), maxRetries: 1 });
    const clock = new ManualClock();
    const resource = withRetry(flaky(9, calls), { policy, clock });
    for (const total of [2, 4]) {
      const running = Promise.resolve(resource.ensureCreated(context())).catch(() => {});
      await clock.advance(0);
      await running;
      expect(calls).toHaveLength(total);
    }
  });

  it("ends at once for a permanent error, and when a cancel flag is set", async () => {
    const calls: string[] = [];
    await expect(withRetry(flaky(9, calls, new PermanentError("never"))).ensureCreated(context())).rejects.toThrow("never");
    const cancelled = context();
    cancelled.cancelReconciliation();
    await expect(withRetry(flaky(9, calls)).ensureCreated(cancelled)).rejects.toThrow("flaky");
    expect(calls).toHaveLength(2);
  });

  it("ends its wait with the turn", async () => {
    const clock = new ManualClock();
    const stopping = new AbortController();
    const running = Promise.resolve(withRetry(flaky(9), { clock }).ensureCreated(context({ signal: stopping.signal }))).catch(
      (error: unknown) => error,
    );
    await clock.advance(0);
    stopping.abort(new Error("over"));
    expect(await running).toEqual(new Error("over"));
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("withMetrics", () => {
  it("counts before and times after, on success and failure, under the known names", async () => {
    const samples = new Map<string, number>();
    const metrics = sampling(samples);
    await withMetrics(flaky(0), { metrics }).ensureDeleted(context());
    await expect(withMetrics(flaky(9), { metrics }).ensureCreated(context())).rejects.toThrow("flaky");
    await crudSteps(withMetrics(new Numbers(), { metrics })).ensureCreated(context());
    const operations = [
      "flaky,EnsureDeleted",
      "flaky,EnsureCreated",
      "numbers,GetCurrentState",
      "numbers,GetDesiredState",
      "numbers,NewUpdatePatch",
      "numbers,ApplyUpdatePatch",
    ];
    for (const operation of operations) {
      expect(samples.get(`operatorkit_controller_operation_total{${operation}}`)).toBe(1);
      expect(samples.get(`operatorkit_controller_operation{${operation}}`)).toBe(1);
    }
    expect(samples.size).toBe(2 * operations.length);
  });

  it("measures each try inside withRetry, and all of them outside", async () => {
    const samples = new Map<string, number>();
    const metrics = sampling(samples);
    const id = "operatorkit_controller_operation_total{flaky,EnsureCreated}";
    const clock = new ManualClock();
    for (const [wrapped, count] of [
      [withRetry(withMetrics(flaky(2), { metrics }), { clock }), 3],
      [withMetrics(withRetry(flaky(2), { clock }), { metrics }), 1],
    ] as const) {
      samples.clear();
      const running = wrapped.ensureCreated(context());
      await clock.advance(2000);
      await running;
      expect(samples.get(id)).toBe(count);
    }
  });
});

describe("withLog", () => {
  it("logs beginning, end and failure", async () => {
    const logs: LogLine[] = [];
    await withLog(flaky(0)).ensureCreated(context({ logs }));
    await expect(withLog(flaky(1)).ensureDeleted(context({ logs }))).rejects.toThrow("flaky");
    expect(logs.map(({ message, fields }) => `${String(fields.function)} ${message}`)).toEqual([
      "ensureCreated begins",
      "ensureCreated ended",
      "ensureDeleted begins",
      "ensureDeleted failed",
    ]);
  });
});
