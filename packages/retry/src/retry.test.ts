import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { constantBackoff } from "./backoff.ts";
import { PermanentError } from "./permanent-error.ts";
import { backoffRetryPolicy } from "./retry-policy.ts";
import { retry } from "./retry.ts";

const policy = backoffRetryPolicy({ backoff: constantBackoff(100), maxRetries: 3 });

describe("retry", () => {
  it("calls until it succeeds, and waits as the policy says", async () => {
    const clock = new ManualClock();
    const calls: [number, number][] = [];
    const seen: unknown[] = [];
    const result = retry(
      ({ attempt }) => {
        calls.push([clock.monotonicMs(), attempt]);
        if (attempt < 2) throw new Error(`failure ${attempt}`);
        return "done";
      },
      { policy, clock, onRetry: (error, next) => void seen.push([(error as Error).message, next]) },
    );
    await clock.advance(200);
    await expect(result).resolves.toBe("done");
    expect(calls).toEqual([
      [0, 0],
      [100, 1],
      [200, 2],
    ]);
    expect(seen).toEqual([
      ["failure 0", { attempt: 1, delayMs: 100 }],
      ["failure 1", { attempt: 2, delayMs: 100 }],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with the last error when the policy gives up, having called once more than it retried", async () => {
    const clock = new ManualClock();
    let calls = 0;
    const result = retry(() => Promise.reject(new Error(`failure ${(calls += 1)}`)), { policy, clock });
    const failure = result.catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await failure).toEqual(new Error("failure 4"));
    expect(calls).toBe(4);
  });

  it("gives up on a permanent error whatever the policy says", async () => {
    let calls = 0;
    const fail = (): never => {
      calls += 1;
      throw new PermanentError("bad spec");
    };
    await expect(retry(fail, { policy: () => ({ retry: true, delayMs: 0 }) })).rejects.toThrow("bad spec");
    expect(calls).toBe(1);
  });

  it("stops waiting when its signal is aborted, and leaves no timer", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const result = retry(() => Promise.reject(new Error("no")), { policy, clock, signal: controller.signal });
    const failure = result.catch((error: unknown) => error);
    await clock.advance(50);
    controller.abort(new Error("enough"));
    expect(await failure).toEqual(new Error("enough"));
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with what a call says that was aborted, and does not ask the policy", async () => {
    const controller = new AbortController();
    const retried: unknown[] = [];
    const fail = (): never => {
      controller.abort(new Error("enough"));
      throw new Error("interrupted");
    };
    await expect(retry(fail, { policy, signal: controller.signal, onRetry: (error) => retried.push(error) })).rejects.toThrow(
      "interrupted",
    );
    expect(retried).toEqual([]);
  });

  it("does not call at all once aborted", async () => {
    let calls = 0;
    await expect(retry(() => void (calls += 1), { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect(calls).toBe(0);
  });
});
