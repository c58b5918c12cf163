import { describe, expect, it } from "vitest";
import { nextAttempt, resultOf } from "./next-attempt.ts";

const failure = { error: new Error("no") };

describe("the next attempt of a handler that was called for the second time", () => {
  it.each<[string, Parameters<typeof nextAttempt>[1], boolean, ReturnType<typeof nextAttempt>, string]>([
    ["success, whatever the policy", { failure: undefined, requeueAfterMs: undefined, state: 1 }, true, undefined, "success"],
    ["failure, that is retried", { failure, requeueAfterMs: undefined, state: 1 }, true, { delayMs: 10, attempt: 2 }, "retry"],
    ["failure, that is not retried", { failure, requeueAfterMs: undefined, state: 1 }, false, undefined, "failed"],
    ["request", { failure: undefined, requeueAfterMs: 5, state: 1 }, false, { delayMs: 5, attempt: 1 }, "requeue"],
    ["request at once", { failure: undefined, requeueAfterMs: 0, state: 1 }, false, { delayMs: 0, attempt: 1 }, "requeue"],
    ["request that failed", { failure, requeueAfterMs: 5, state: 1 }, false, { delayMs: 5, attempt: 1 }, "requeue"],
  ])("after a %s", (_what, outcome, retry, next, result) => {
    expect(nextAttempt(1, outcome, () => ({ retry, delayMs: 10 }))).toEqual(next);
    expect(resultOf(outcome, next?.delayMs)).toBe(result);
  });

  it("that asked to be called again and cannot be, is what it would be without having asked", () => {
    expect(resultOf({ failure: undefined, requeueAfterMs: 5, state: 1 }, undefined)).toBe("success");
    expect(resultOf({ failure, requeueAfterMs: 5, state: 1 }, undefined)).toBe("failed");
  });
});
