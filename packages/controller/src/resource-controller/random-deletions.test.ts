import { ConfigMap, Event } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import type { Resource } from "./resource.ts";
import { runController } from "./testing/run-controller.ts";

/** A small generator of its own, so that a failure can be repeated by its seed. */
function randomFrom(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("deletions, whatever fails", () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))("succeed exactly once for each object, seed %i", async (seed) => {
    const random = randomFrom(seed);
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    let isQuiet = false;
    const fails = (share: number): boolean => !isQuiet && random() < share;
    cluster.onWrite = ({ kind }) => {
      if (kind === "Echo" && fails(0.4)) throw new Error("the API server is away");
    };
    const born = new Set<string>();
    const succeeded = new Map<string, number>();
    const flaky: Resource<Echo> = {
      name: "flaky",
      ensureCreated({ object }) {
        born.add(object.metadata.uid ?? "");
      },
      ensureDeleted({ keepFinalizers, cancelReconciliation, repeat }) {
        if (fails(0.3)) throw new Error("not yet");
        if (fails(0.1)) keepFinalizers();
        if (fails(0.1)) repeat({ afterMs: 1000 });
        if (fails(0.1)) cancelReconciliation();
      },
    };
    const last: Resource<Echo> = {
      name: "last",
      ensureCreated() {},
      ensureDeleted({ object: { metadata }, areFinalizersKept, ...context }) {
        // Nothing after this fails the pass. What asked for another one does not count.
        if (areFinalizersKept || asked.has(context.cacheKey)) return;
        succeeded.set(metadata.uid ?? "", (succeeded.get(metadata.uid ?? "") ?? 0) + 1);
      },
    };
    const asked = new Set<string>();
    const noting: Resource<Echo> = {
      ...flaky,
      ensureDeleted: (context) => {
        const repeat: typeof context.repeat = (options) => {
          asked.add(context.cacheKey);
          context.repeat(options);
        };
        return flaky.ensureDeleted({ ...context, repeat });
      },
    };
    const { clock, stop } = await runController({ resources: [noting, last], resyncMs: 10_000, concurrency: 3 }, { cluster });
    for (let step = 0; step < 60; step += 1) {
      const ref = { namespace: "n", name: `o${Math.floor(random() * 4)}` };
      const there = cluster.get(Echo, ref);
      if (there === undefined) cluster.put(echo(ref.name));
      else if (there.metadata.deletionTimestamp === undefined && random() < 0.2) cluster.lose(Echo, ref);
      else if (random() < 0.5) cluster.remove(Echo, ref);
      else cluster.put({ ...there, metadata: { ...there.metadata, labels: { step: `${step}` } } });
      await clock.advance(Math.floor(random() * 4000));
    }
    isQuiet = true;
    for (const { metadata } of cluster.list(Echo)) cluster.remove(Echo, { namespace: "n", name: metadata.name });
    await clock.advance(60_000);
    expect(cluster.list(Echo)).toEqual([]);
    // An object that went before it got the finalizer has no deletion pass; every other has one that succeeds, also when it is lost with the finalizer on it.
    expect(succeeded.size).toBeGreaterThan(0);
    expect([...born].filter((uid) => succeeded.get(uid) !== 1)).toEqual([]);
    expect([...succeeded.values()].filter((count) => count !== 1)).toEqual([]);
    await stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
