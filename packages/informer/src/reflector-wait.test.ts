import { describe, expect, it } from "vitest";
import { BACKOFF_FIRST_MS, BACKOFF_LAST_MS, reflectorWait, RETRY_AFTER_LAST_MS } from "./reflector-wait.ts";

describe("a wait", () => {
  it("grows from 0.8 s to 30 s, jitter included", () => {
    const waits = Array.from({ length: 9 }, (_, failures) => reflectorWait({ failures, afterMs: 0 }));
    expect(waits.map(({ atLeastMs }) => atLeastMs)).toEqual([800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000, 20_000]);
    expect(Math.max(...waits.map(({ atMostMs }) => atMostMs))).toBe(BACKOFF_LAST_MS);
    for (const { atLeastMs, atMostMs } of waits) expect(atMostMs).toBe(atLeastMs * 1.5);
  });

  it("counts the time the stream lived, and is never shorter than the first", () => {
    expect(reflectorWait({ failures: 4, afterMs: 10_000 }).atLeastMs).toBe(2_800);
    expect(reflectorWait({ failures: 4, afterMs: 20_000 }).atLeastMs).toBe(BACKOFF_FIRST_MS);
  });

  it("is what the server asks for in Retry-After, within reason", () => {
    const asked = (retryAfterMs: number) => reflectorWait({ failures: 0, afterMs: 0, retryAfterMs });
    expect(asked(7_000)).toEqual({ atLeastMs: 7_000, atMostMs: 8_750 });
    expect(asked(0).atLeastMs).toBe(BACKOFF_FIRST_MS);
    expect(asked(86_400_000).atLeastMs).toBe(RETRY_AFTER_LAST_MS);
  });
});
