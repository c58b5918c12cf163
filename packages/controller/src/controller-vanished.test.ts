import { ConfigMap, Event } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import type { ControllerOptions } from "./controller.ts";
import { TerminalError } from "./reconcile-error.ts";
import { backoff, FINALIZER, withCleanup } from "./testing/echo-reconciles.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo, start } from "./testing/harness.ts";

const A = { namespace: "n", name: "a" };

/** An object that carries the finalizer since long. */
const held = echo("a", "x", { finalizers: [FINALIZER] });

/** Notes what is called with which uid; the reconciles of one object as one. */
function calls(answer: () => unknown = () => undefined): {
  log: string[];
  options: Pick<ControllerOptions<Echo>, "reconcile" | "cleanup">;
} {
  const log: string[] = [];
  return {
    log,
    options: {
      reconcile: ({ object: { metadata } }) => {
        const line = `reconcile ${metadata.uid}`;
        if (log.at(-1) !== line) log.push(line);
      },
      cleanup: ({ object }) => {
        log.push(`cleanup ${object.metadata.uid}`);
        return answer() as undefined;
      },
    },
  };
}

describe("an object that is gone although it carried the finalizer", () => {
  it("is cleaned up after once, from its last state, and nothing is written to it", async () => {
    const { log, options } = withCleanup();
    const { clock, cluster, logs, stop } = await start(options, { objects: [held] });
    await clock.advance(0);
    cluster.writes.length = 0;
    cluster.lose(Echo, A);
    await clock.advance(60_000);
    expect([log, cluster.writes]).toEqual([[`reconcile a ${FINALIZER}`, "cleanup a"], []]);
    expect(logs.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
      "the object is gone with our finalizer on it; cleaning up after its last known state",
    ]);
    expect((await stop(), clock.pendingTimers)).toBe(0);
  });

  it("is cleaned up after when it went while the finalizer was being added, and the copy is told of all at once", async () => {
    const { log, options } = calls();
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const { clock, stop } = await start(options, { cluster });
    cluster.put(echo("a"));
    cluster.onWrite = ({ verb }) => {
      if (verb === "patch") cluster.hold();
    };
    await clock.advance(0);
    expect(log).toEqual(["reconcile uid-101"]);
    cluster.lose(Echo, A);
    cluster.release();
    await clock.advance(60_000);
    expect(log).toEqual(["reconcile uid-101", "cleanup uid-101"]);
    await stop();
  });

  it("is cleaned up after when the copy never saw the finalizer, from what the server answered", async () => {
    const { log, options } = calls();
    const finalizers: unknown[] = [];
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const { clock, stop } = await start(
      { reconcile: options.reconcile, cleanup: ({ object }) => void finalizers.push(object.metadata.finalizers) },
      { cluster },
    );
    cluster.put(echo("a"));
    cluster.onWrite = ({ verb }) => {
      if (verb === "patch") cluster.hold();
    };
    await clock.advance(0);
    cluster.lose(Echo, A);
    cluster.miss();
    await clock.advance(60_000);
    expect([log, finalizers]).toEqual([["reconcile uid-101"], [[FINALIZER]]]);
    await stop();
  });

  it("is cleaned up after whatever the predicates say", async () => {
    const { log, options } = calls();
    const predicates = [({ type }: { type: string }) => type !== "delete"];
    const { clock, cluster, stop } = await start({ ...options, predicates }, { objects: [held] });
    await clock.advance(0);
    cluster.lose(Echo, A);
    await clock.advance(60_000);
    expect(log).toEqual(["reconcile uid-101", "cleanup uid-101"]);
    await stop();
  });

  it("is cleaned up after before another one of its name has a turn", async () => {
    let failures = 1;
    const { log, options } = calls(() => {
      if ((failures -= 1) >= 0) throw new Error("not yet");
    });
    const { clock, cluster, stop } = await start({ ...options, backoff }, { objects: [held] });
    await clock.advance(0);
    cluster.lose(Echo, A);
    const { uid } = cluster.put(echo("a")).metadata;
    await clock.advance(5000);
    expect(log).toEqual(["reconcile uid-101", "cleanup uid-101", "cleanup uid-101", `reconcile ${uid}`]);
    await stop();
  });

  it.each<[string, () => unknown, number]>([
    ["asks for another one by a time", () => ({ requeueAfterMs: 1000 }), 3],
    ["keeps the finalizer, at every resync", () => ({ keepFinalizer: true }), 3],
    [
      "fails, with growing waits or at every resync",
      () => {
        throw new Error("not yet");
      },
      3,
    ],
    [
      "fails for good, never",
      () => {
        throw new TerminalError("no use");
      },
      1,
    ],
  ])("has another cleanup when that %s", async (_, fail, expected) => {
    let count = 0;
    const { log, options } = calls(() => ((count += 1) < 3 ? fail() : undefined));
    const { clock, cluster, stop } = await start({ ...options, backoff: false, resyncMs: 20_000 }, { objects: [held] });
    await clock.advance(0);
    cluster.lose(Echo, A);
    await clock.advance(200_000);
    expect(log.filter((line) => line === "cleanup uid-101")).toHaveLength(expected);
    await stop();
  });

  it("does not hold up another one of its name when its cleanup fails for good", async () => {
    const { log, options } = calls(() => {
      throw new TerminalError("no use");
    });
    const { clock, cluster, stop } = await start({ ...options, backoff }, { objects: [held] });
    await clock.advance(0);
    cluster.hold();
    cluster.lose(Echo, A);
    const { uid } = cluster.put(echo("a")).metadata;
    cluster.release();
    await clock.advance(5000);
    expect(log).toEqual(["reconcile uid-101", "cleanup uid-101", `reconcile ${uid}`]);
    await stop();
  });

  it("does not hold up another one of its name when its cleanup fails for good after that came", async () => {
    let failures = 0;
    const { log, options } = calls(() => {
      failures += 1;
      throw failures === 1 ? new Error("not yet") : new TerminalError("no use");
    });
    const waits = [100_000, 1000];
    const { clock, cluster, stop } = await start({ ...options, backoff: () => waits.shift() ?? 1000 }, { objects: [held] });
    await clock.advance(0);
    cluster.lose(Echo, A);
    await clock.advance(0);
    const { uid } = cluster.put(echo("a")).metadata;
    await clock.advance(5000);
    expect(log).toEqual(["reconcile uid-101", "cleanup uid-101", "cleanup uid-101", `reconcile ${uid}`]);
    await stop();
  });

  it("is left alone when it is not claimed", async () => {
    const { log, options } = calls();
    let isOurs = true;
    const { clock, cluster, stop } = await start({ ...options, claim: () => isOurs }, { objects: [held] });
    await clock.advance(0);
    isOurs = false;
    cluster.lose(Echo, A);
    await clock.advance(60_000);
    expect(log).toEqual(["reconcile uid-101"]);
    await stop();
  });
});

describe("no cleanup runs after an object", () => {
  it("that only seems to be gone: the server has it", async () => {
    const { log, options } = calls();
    const { clock, cluster, stop } = await start(options, { objects: [held] });
    await clock.advance(0);
    cluster.hide(Echo, A);
    await clock.advance(60_000);
    expect(log).toEqual(["reconcile uid-101"]);
    await stop();
  });

  it.each<[string, Partial<Echo["metadata"]>]>([
    ["whose finalizer somebody took off before", { finalizers: [] }],
    [
      "whose finalizers somebody took off while it was being deleted",
      { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [FINALIZER] },
    ],
  ])("%s", async (_, metadata) => {
    const { log, options } = calls();
    const { clock, cluster, stop } = await start(options, { objects: [held] });
    await clock.advance(0);
    cluster.hold();
    cluster.put({ ...held, metadata: { ...held.metadata, ...metadata } });
    cluster.lose(Echo, A);
    cluster.release();
    await clock.advance(60_000);
    expect(log).toEqual(["reconcile uid-101"]);
    await stop();
  });

  it("without a cleanup to run", async () => {
    const { log, options } = calls();
    const { clock, cluster, stop } = await start({ reconcile: options.reconcile }, { objects: [held] });
    await clock.advance(0);
    cluster.lose(Echo, A);
    await clock.advance(60_000);
    expect(log).toEqual(["reconcile uid-101"]);
    await stop();
  });
});
