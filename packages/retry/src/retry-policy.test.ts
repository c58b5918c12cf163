import { describe, expect, it } from "vitest";
import { constantBackoff } from "./backoff.ts";
import { PermanentError } from "./permanent-error.ts";
import { backoffRetryPolicy, defaultRetryPolicy, exponentialBackoffRetryPolicy, noRetryPolicy } from "./retry-policy.ts";

const error = new Error("no");
const stop = { retry: false, delayMs: 0 };

describe("defaultRetryPolicy", () => {
  it("waits 5, 10, 20, 40, 80 and 160 s, then gives up", () => {
    const decisions = [0, 1, 2, 3, 4, 5, 6].map((attempt) => defaultRetryPolicy(error, attempt));
    expect(decisions.slice(0, 6)).toEqual([5, 10, 20, 40, 80, 160].map((s) => ({ retry: true, delayMs: s * 1000 })));
    expect(decisions[6]).toEqual(stop);
  });
});

describe("exponentialBackoffRetryPolicy", () => {
  it("allows one retry more than maxAttempts", () => {
    const policy = exponentialBackoffRetryPolicy(10, 0);
    expect(policy(error, 0)).toEqual({ retry: true, delayMs: 10 });
    expect(policy(error, 1)).toEqual(stop);
  });

  it("allows none when maxAttempts is negative, and refuses what is no number", () => {
    expect(exponentialBackoffRetryPolicy(10, -1)(error, 0)).toEqual(stop);
    expect(() => exponentialBackoffRetryPolicy(10, Number.NaN)).toThrow("maxAttempts: NaN must be a number");
    expect(() => exponentialBackoffRetryPolicy(-1, 3)).toThrow("initialMs: -1");
  });

  it("caps the wait of a late attempt at the longest timer", () => {
    expect(exponentialBackoffRetryPolicy(1000, 5000)(error, 4000).delayMs).toBe(2 ** 31 - 1);
  });
});

describe("backoffRetryPolicy", () => {
  it("allows exactly maxRetries", () => {
    const policy = backoffRetryPolicy({ backoff: constantBackoff(7), maxRetries: 2 });
    expect([0, 1, 2].map((attempt) => policy(error, attempt).retry)).toEqual([true, true, false]);
  });

  it("gives up on a permanent error at once", () => {
    expect(backoffRetryPolicy({ backoff: constantBackoff(7) })(new PermanentError("never"), 0)).toEqual(stop);
  });

  it("knows a permanent error of another copy of this package, and no other of that name", () => {
    const policy = backoffRetryPolicy({ backoff: constantBackoff(7) });
    const named = (fields: object): Error => Object.assign(new Error("no"), { name: "PermanentError" }, fields);
    expect(policy(named({ code: "Permanent" }), 0)).toEqual({ retry: false, delayMs: 0 });
    expect(policy(named({ code: "Other" }), 0)).toEqual({ retry: true, delayMs: 7 });
  });

  it("refuses a negative number of retries", () => {
    expect(() => backoffRetryPolicy({ backoff: constantBackoff(7), maxRetries: -1 })).toThrow(/maxRetries/);
    expect(() => backoffRetryPolicy({ backoff: 1_000 as never })).toThrow("backoffRetryPolicy: backoff: 1000 must be a function");
  });
});

describe("noRetryPolicy", () => {
  it("never tries again", () => {
    expect(noRetryPolicy(error, 0)).toEqual(stop);
  });
});
