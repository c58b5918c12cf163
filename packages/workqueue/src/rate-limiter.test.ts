import { ManualClock } from "@operatorkit/observe/testing";
import { constantBackoff } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import { defaultRateLimiter, maxOf, perKeyBackoff, tokenBucket } from "./rate-limiter.ts";

describe("perKeyBackoff", () => {
  it("doubles each key's wait from 5 ms to 1,000 s, as client-go's", () => {
    const limiter = perKeyBackoff();
    expect(Array.from({ length: 20 }, () => limiter.nextMs("a"))).toEqual([
      ...Array.from({ length: 18 }, (_, i) => 5 * 2 ** i),
      1_000_000,
      1_000_000,
    ]);
    expect(limiter.nextMs("b")).toBe(5);
    expect([limiter.failures("a"), limiter.failures("b"), limiter.failures("c")]).toEqual([20, 1, 0]);
  });

  it("starts anew once forgotten", () => {
    const limiter = perKeyBackoff({ baseMs: 100, maxMs: 5000 });
    limiter.nextMs("a");
    limiter.nextMs("a");
    limiter.forget("a");
    expect([limiter.failures("a"), limiter.nextMs("a")]).toEqual([0, 100]);
  });

  it("takes any backoff", () => {
    const limiter = perKeyBackoff(constantBackoff(7));
    expect([limiter.nextMs("a"), limiter.nextMs("a")]).toEqual([7, 7]);
  });
});

describe("tokenBucket", () => {
  it("lets a burst through, then one at a time at its rate", async () => {
    const clock = new ManualClock();
    const limiter = tokenBucket({ perSecond: 10, burst: 3, clock });
    expect([1, 2, 3, 4, 5].map(() => limiter.nextMs("any"))).toEqual([0, 0, 0, 100, 200]);
    await clock.advance(1000);
    expect([1, 2, 3, 4].map(() => limiter.nextMs("any"))).toEqual([0, 0, 0, 100]);
  });

  it("refuses to take the longest wait of what is no rate limiter", () => {
    expect(() => maxOf(perKeyBackoff(), { nextMs: () => 5 } as never)).toThrow("maxOf: limiters[1]: an object must be a RateLimiter");
  });

  it("refuses a rate or a burst that would never let anything through", () => {
    expect(() => tokenBucket({ perSecond: 0 })).toThrow(/perSecond/);
    expect(() => tokenBucket({ burst: 0 })).toThrow(/burst/);
  });
});

describe("maxOf", () => {
  it("waits as long as the slowest limiter wants, counts in all and forgets in all", () => {
    const slow = perKeyBackoff({ baseMs: 100 });
    const fast = perKeyBackoff({ baseMs: 1 });
    const limiter = maxOf(fast, slow);
    expect([limiter.nextMs("a"), limiter.nextMs("a")]).toEqual([100, 200]);
    expect([limiter.failures("a"), fast.failures("a")]).toEqual([2, 2]);
    limiter.forget("a");
    expect([slow.failures("a"), fast.failures("a")]).toEqual([0, 0]);
  });
});

describe("defaultRateLimiter", () => {
  it("is each key's backoff, and ten a second for all after the first hundred", () => {
    const limiter = defaultRateLimiter({ clock: new ManualClock() });
    expect(limiter.nextMs("a")).toBe(5);
    for (let i = 0; i < 99; i += 1) limiter.nextMs(`key-${i}`);
    expect([limiter.nextMs("x"), limiter.nextMs("y")]).toEqual([100, 200]);
  });
});
