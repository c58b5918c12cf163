import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyedLanes } from "./keyed-lanes.ts";

/** Jobs that end when the test says so. */
function setUp(options: { concurrency?: number; merge?: (a: string, b: string) => string | undefined } = {}): {
  lanes: KeyedLanes<string>;
  running: Map<string, PromiseWithResolvers<void>>;
  log: string[];
  stop: () => Promise<void>;
} {
  const running = new Map<string, PromiseWithResolvers<void>>();
  const log: string[] = [];
  const controller = new AbortController();
  const lanes = new KeyedLanes<string>({
    ...options,
    run(key, job) {
      log.push(`${key}:${job}`);
      const end = Promise.withResolvers<void>();
      running.set(key, end);
      return end.promise.finally(() => running.delete(key));
    },
    onError: (error, key, job) => void log.push(`${key}:${job} failed: ${(error as Error).message}`),
  });
  const ended = lanes.run({ signal: controller.signal });
  return {
    lanes,
    running,
    log,
    stop() {
      controller.abort();
      for (const end of running.values()) end.resolve();
      return ended;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("KeyedLanes", () => {
  it("runs the jobs of one key in order, one at a time, and other keys beside it", async () => {
    const { lanes, running, log, stop } = setUp();
    for (const job of ["1", "2"]) for (const key of ["a", "b"]) lanes.push(key, job);
    await turn();
    expect(log).toEqual(["a:1", "b:1"]);
    running.get("b")?.resolve();
    await turn();
    expect(log).toEqual(["a:1", "b:1", "b:2"]);
    running.get("a")?.resolve();
    await turn();
    expect(log).toEqual(["a:1", "b:1", "b:2", "a:2"]);
    await stop();
  });

  it("runs no more jobs at once than it may, and lets keys take turns", async () => {
    const { lanes, running, log, stop } = setUp({ concurrency: 1 });
    for (const job of ["1", "2"]) lanes.push("a", job);
    lanes.push("b", "1");
    for (const key of ["a", "b", "a"]) {
      await turn();
      expect([...running.keys()]).toEqual([key]);
      running.get(key)?.resolve();
    }
    await lanes.idle();
    expect(log).toEqual(["a:1", "b:1", "a:2"]);
    await stop();
  });

  it("goes on after a job that throws or rejects, and reports each", async () => {
    const failures: string[] = [];
    const done: string[] = [];
    const controller = new AbortController();
    const lanes = new KeyedLanes<number>({
      run(_key, job) {
        if (job === 1) throw new Error("thrown");
        if (job === 2) return Promise.reject(new Error("rejected"));
        done.push(`${job}`);
        return undefined;
      },
      onError(error, key, job) {
        failures.push(`${key}:${job}: ${(error as Error).message}`);
        throw new Error("the error handler fails too");
      },
    });
    const ended = lanes.run({ signal: controller.signal });
    for (const job of [1, 2, 3]) lanes.push("a", job);
    await lanes.idle();
    expect(failures).toEqual(["a:1: thrown", "a:2: rejected"]);
    expect(done).toEqual(["3"]);
    controller.abort();
    await ended;
  });

  it("merges a job into the last one that waits, never into the one that runs", async () => {
    const { lanes, running, log, stop } = setUp({ merge: (a, b) => (b === "!" ? undefined : `${a}+${b}`) });
    lanes.push("a", "1");
    await turn();
    for (const job of ["2", "3", "!", "4"]) lanes.push("a", job);
    expect(lanes.waiting("a")).toBe(2);
    for (let i = 0; i < 3; i += 1) {
      running.get("a")?.resolve();
      await turn();
    }
    expect(log).toEqual(["a:1", "a:2+3", "a:!+4"]);
    await stop();
  });

  it("drops what waits under a key", async () => {
    const { lanes, running, log, stop } = setUp();
    for (const job of ["1", "2", "3"]) lanes.push("a", job);
    await turn();
    expect(lanes.drop("a")).toBe(2);
    lanes.push("a", "4");
    running.get("a")?.resolve();
    await turn();
    expect(log).toEqual(["a:1", "a:4"]);
    expect(lanes.drop("b")).toBe(0);
    await stop();
  });

  it("is idle when what waits is dropped, and not yet when something else was pushed at once", async () => {
    const lanes = new KeyedLanes<string>({ run: () => {} });
    let isIdle = false;
    lanes.push("a", "1");
    const idle = lanes.idle().then(() => (isIdle = true));
    lanes.drop("a");
    lanes.push("b", "1");
    await turn();
    expect(isIdle).toBe(false);
    lanes.drop("b");
    await idle;
  });

  it("stops by its signal: the running job ends, what waits is forgotten, later jobs are ignored", async () => {
    const { lanes, log, stop } = setUp();
    for (const job of ["1", "2"]) lanes.push("a", job);
    await turn();
    await stop();
    lanes.push("a", "3");
    await turn();
    expect(log).toEqual(["a:1"]);
    expect(lanes.size).toBe(0);
    await lanes.idle();
  });

  it("keeps the order of every key and the bound on concurrency, whatever is pushed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ key: fc.nat(4), turns: fc.nat(3) }), { maxLength: 60, size: "max" }),
        async (concurrency, jobs) => {
          const seen = new Map<string, number[]>();
          const busy = new Set<string>();
          let most = 0;
          let overlaps = 0;
          const controller = new AbortController();
          const lanes = new KeyedLanes<{ n: number; turns: number }>({
            concurrency,
            async run(key, { n, turns }) {
              if (busy.has(key)) overlaps += 1;
              busy.add(key);
              most = Math.max(most, busy.size);
              for (let i = 0; i < turns; i += 1) await Promise.resolve();
              seen.set(key, [...(seen.get(key) ?? []), n]);
              busy.delete(key);
            },
          });
          const ended = lanes.run({ signal: controller.signal });
          for (const [n, { key, turns }] of jobs.entries()) {
            lanes.push(`${key}`, { n, turns });
            if (turns === 0) await Promise.resolve();
          }
          await lanes.idle();
          controller.abort();
          await ended;
          expect(overlaps).toBe(0);
          expect(most).toBeLessThanOrEqual(concurrency);
          for (const order of seen.values()) expect(order).toEqual(order.toSorted((a, b) => a - b));
          expect([...seen.values()].flat()).toHaveLength(jobs.length);
        },
      ),
    );
  });

  it("refuses a concurrency that would run nothing", () => {
    for (const concurrency of [0, 1.5, Number.POSITIVE_INFINITY, Number.NaN])
      expect(() => new KeyedLanes({ run: () => {}, concurrency })).toThrow(`concurrency: ${concurrency} must be a whole number`);
    expect(() => new KeyedLanes({} as never)).toThrow("KeyedLanes: run: is missing, and must be a function");
  });

  it("runs a job that is undefined as any other", async () => {
    const seen: string[] = [];
    const lanes = new KeyedLanes<undefined>({ run: (key, job) => void seen.push(`${key} ${job}`) });
    const stop = new AbortController();
    const ended = lanes.run({ signal: stop.signal });
    lanes.push("a", undefined);
    lanes.push("a", undefined);
    await lanes.idle();
    expect(seen).toEqual(["a undefined", "a undefined"]);
    stop.abort();
    await ended;
  });
});
