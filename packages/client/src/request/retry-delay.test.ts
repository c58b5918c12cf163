import { describe, expect, it } from "vitest";
import { retryDelayMs, type AttemptOutcome } from "./retry-delay.ts";

const answered = (status: number, retryAfterMs?: number): AttemptOutcome => ({ type: "answered", status, retryAfterMs });
const broken = (wasSent: boolean, isPermanent = false): AttemptOutcome => ({ type: "broken", wasSent, isPermanent });
const backoff = (attempt: number): number => 100 * 2 ** attempt;

describe("retryDelayMs", () => {
  it.each([
    ["GET", answered(429), 0, 100],
    ["POST", answered(429), 2, 400],
    ["POST", answered(429, 3_000), 0, 3_000],
    ["GET", answered(429, 0), 1, 200],
    ["GET", answered(429), 9, 51_200],
    ["GET", answered(429), 10, undefined],
    ["PATCH", answered(500, 1_000), 0, 1_000],
    ["PATCH", answered(503), 0, undefined],
    ["GET", answered(500), 0, 100],
    ["GET", answered(502), 1, 200],
    ["GET", answered(503), 2, 400],
    ["GET", answered(504), 3, undefined],
    ["GET", answered(501), 0, undefined],
    ["GET", answered(404), 0, undefined],
    ["GET", answered(410), 0, undefined],
    ["GET", answered(401), 0, undefined],
    ["GET", answered(409, 1_000), 0, undefined],
    ["GET", broken(true), 0, 100],
    ["GET", broken(true), 3, undefined],
    ["POST", broken(true), 0, undefined],
    ["PUT", broken(true), 0, undefined],
    ["DELETE", broken(true), 0, undefined],
    ["POST", broken(false), 0, 100],
    ["POST", broken(false), 3, undefined],
    ["GET", broken(false, true), 0, undefined],
  ] satisfies [string, AttemptOutcome, number, number | undefined][])(
    "of %s after %j, sent again %i times, is %s",
    (method, outcome, retries, delay) => {
      expect(retryDelayMs({ method, retries, outcome, backoff })).toBe(delay);
    },
  );
});
