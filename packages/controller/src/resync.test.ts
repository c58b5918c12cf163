import { sleep } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { resync } from "./resync.ts";
import { echo, start } from "./testing/harness.ts";

function round(
  waitMs: number,
  others?: () => readonly string[],
): { clock: ManualClock; versions: Map<string, string>; told: string[]; stop: () => Promise<void> } {
  const clock = new ManualClock();
  const versions = new Map([
    ["a", "1"],
    ["b", "1"],
    ["c", "1"],
  ]);
  const told: string[] = [];
  const stopping = new AbortController();
  const running = resync({
    resyncMs: 1000,
    waitMs,
    signal: stopping.signal,
    clock,
    lister: {
      keys: () => [...versions.keys()],
      entry: (key) => (versions.has(key) ? { resourceVersion: versions.get(key) } : undefined),
    },
    ...(others !== undefined && { others }),
    onKey: (key) => told.push(`${key} ${clock.monotonicMs()}`),
  });
  return { clock, versions, told, stop: () => (stopping.abort(), running) };
}

describe("resync", () => {
  it("tells every key at the end of each period, and leaves no timer behind", async () => {
    const { clock, told, stop } = round(0);
    await clock.advance(2000);
    expect(told).toEqual(["a 1000", "b 1000", "c 1000", "a 2000", "b 2000", "c 2000"]);
    await stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it("tells what no copy has at the end of each round", async () => {
    const others = ["gone"];
    const { clock, told, stop } = round(0, () => others);
    await clock.advance(1000);
    others.length = 0;
    await clock.advance(1000);
    expect(told).toEqual(["a 1000", "b 1000", "c 1000", "gone 1000", "a 2000", "b 2000", "c 2000"]);
    await stop();
  });

  it("waits between two keys, never before the first, and begins the next period after the last", async () => {
    const { clock, told, stop } = round(100);
    await clock.advance(2250);
    expect(told).toEqual(["a 1000", "b 1100", "c 1200", "a 2200"]);
    await stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves out what changed or went during the round, since that was told already", async () => {
    const { clock, versions, told, stop } = round(100);
    await clock.advance(1050);
    versions.set("b", "2");
    versions.delete("c");
    versions.set("new", "1");
    await clock.advance(900);
    expect(told).toEqual(["a 1000"]);
    await stop();
  });

  it("does not wait for what it leaves out", async () => {
    const { clock, versions, told, stop } = round(100);
    versions.set("d", "1");
    await clock.advance(1050);
    versions.set("c", "2");
    await clock.advance(900);
    expect(told).toEqual(["a 1000", "b 1100", "d 1200"]);
    await stop();
  });
});

describe("a controller with resyncMs", () => {
  it("gives every object a turn each period, and what happens meanwhile goes first", async () => {
    const keys: string[] = [];
    const { clock, cluster, stop } = await start(
      { resyncMs: 60_000, resyncWaitMs: 1000, reconcile: ({ key }) => void keys.push(key) },
      { objects: [echo("a"), echo("b")] },
    );
    keys.length = 0;
    await clock.advance(60_000);
    cluster.put(echo("c"));
    await clock.advance(500);
    expect(keys).toEqual(["n/a", "n/c"]);
    await clock.advance(500);
    expect(keys).toEqual(["n/a", "n/c", "n/b"]);
    expect(await stop()).toBe("stopped");
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets what happens go before the turns of a round that wait already", async () => {
    const keys: string[] = [];
    const clocks: ManualClock[] = [];
    const { clock, cluster, stop } = await start(
      {
        resyncMs: 60_000,
        async reconcile({ key, signal }) {
          keys.push(key);
          const [clock] = clocks;
          if (clock !== undefined) await sleep(10, { signal, clock });
        },
      },
      { objects: [echo("a"), echo("b"), echo("c")] },
    );
    clocks.push(clock);
    await clock.advance(59_000);
    keys.length = 0;
    await clock.advance(1_005);
    cluster.put(echo("z"));
    await clock.advance(1000);
    expect(keys).toEqual(["n/a", "n/z", "n/b", "n/c"]);
    await stop();
  });

  it("tries a failed object again at the next resync, and not before, when there is no backoff", async () => {
    const tries: number[] = [];
    const harness = await start(
      {
        resyncMs: 60_000,
        backoff: false,
        reconcile: ({ failures }) => {
          tries.push(failures);
          throw new Error("no");
        },
      },
      { objects: [echo("a")] },
    );
    await harness.clock.advance(59_000);
    expect(tries).toEqual([0]);
    await harness.clock.advance(1000);
    expect(tries).toHaveLength(2);
    expect(harness.logs.map(({ message }) => message)).toContainEqual(expect.stringContaining("at the next resync"));
    await harness.stop();
  });

  it.each([
    ["resyncMs", { resyncMs: 0 }],
    ["resyncWaitMs", { resyncMs: 1, resyncWaitMs: -1 }],
    ["claim", { claim: "yes" as never }],
  ])("refuses a %s that cannot work", async (field, options) => {
    await expect(start({ reconcile() {}, ...options })).rejects.toThrow(`Controller echo: ${field}: `);
  });
});
