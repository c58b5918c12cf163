import { Event } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { backoff, FINALIZER, withCleanup } from "./testing/echo-reconciles.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo, start } from "./testing/harness.ts";

describe("a controller's cleanup", () => {
  it("keeps a finalizer from before the first reconcile until it has succeeded", async () => {
    const { log, options } = withCleanup();
    const { clock, cluster, stop } = await start(options, { objects: [echo("a", "x", { finalizers: ["example.com/other"] })] });
    await clock.advance(0);
    expect(log[0]).toBe(`reconcile a example.com/other,${FINALIZER}`);
    cluster.remove(Echo, { namespace: "n", name: "a" });
    await clock.advance(0);
    expect(log.at(-1)).toBe("cleanup a");
    expect(cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers).toEqual(["example.com/other"]);
    await clock.advance(60_000);
    expect(log.filter((line) => line.startsWith("cleanup"))).toHaveLength(1);
    await stop();
  });

  it("is tried again when it fails, and keeps the object until then", async () => {
    let calls = 0;
    const { clock, cluster, stop } = await start(
      {
        backoff,
        reconcile: () => {},
        cleanup() {
          calls += 1;
          if (calls < 3) throw new Error("the address is in use");
        },
      },
      { objects: [echo("a")] },
    );
    await clock.advance(0);
    cluster.remove(Echo, { namespace: "n", name: "a" });
    await clock.advance(1500);
    expect([calls, cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers]).toEqual([2, [FINALIZER]]);
    await clock.advance(1000);
    expect([calls, cluster.get(Echo, { namespace: "n", name: "a" })]).toEqual([3, undefined]);
    await stop();
  });

  it("that takes its time keeps the finalizer and is called again", async () => {
    const answers = [{ requeueAfterMs: 10_000 }, undefined];
    const { clock, cluster, stop } = await start({ reconcile: () => {}, cleanup: () => answers.shift() }, { objects: [echo("a")] });
    await clock.advance(0);
    cluster.remove(Echo, { namespace: "n", name: "a" });
    await clock.advance(9999);
    expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeDefined();
    await clock.advance(1);
    expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeUndefined();
    await stop();
  });

  it("is called for what was deleted while the controller did not run", async () => {
    const { log, options } = withCleanup();
    const objects = [echo("a", "x", { finalizers: [FINALIZER], deletionTimestamp: "2026-01-01T00:00:00Z" })];
    const { clock, cluster, stop } = await start(options, { objects });
    await clock.advance(0);
    expect(log).toEqual(["cleanup a"]);
    expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeUndefined();
    await stop();
  });

  it("copes with a finalizer that somebody else removed, and with an object deleted while it is protected", async () => {
    const { log, options } = withCleanup();
    const cluster = new FakeCluster([Echo, Event]);
    cluster.onWrite = ({ verb, body }) => {
      if (
        verb === "patch" &&
        JSON.stringify(body).includes(FINALIZER) &&
        cluster.get(Echo, { namespace: "n", name: "late" }) !== undefined
      ) {
        cluster.remove(Echo, { namespace: "n", name: "late" });
      }
    };
    const { clock, logs, stop } = await start(options, { cluster, objects: [echo("late")] });
    await clock.advance(0);
    expect(log).toEqual([]);
    expect(logs.filter(({ level }) => level === "error")).toEqual([]);
    await stop();
  });

  it("does not begin with an object that is being deleted by the time the finalizer is put on it", async () => {
    const { log, options } = withCleanup();
    const cluster = new FakeCluster([Echo, Event]);
    const [a, theirs] = [{ namespace: "n", name: "a" }, { finalizers: ["example.com/other"] }];
    cluster.onWrite = ({ verb }) => {
      if (verb !== "patch") return;
      cluster.hold();
      if (cluster.get(Echo, a)?.metadata.deletionTimestamp === undefined) cluster.remove(Echo, a);
    };
    const { clock, stop } = await start(options, { cluster, objects: [echo("a", "x", theirs)] });
    await clock.advance(0);
    cluster.release();
    await clock.advance(1000);
    expect([log, cluster.get(Echo, a)?.metadata.finalizers]).toEqual([[], theirs.finalizers]);
    await stop();
  });

  it("uses the finalizer it is given", async () => {
    const { cluster, stop, controller } = await start(
      { reconcile: () => {}, cleanup: () => {}, finalizer: "other.example.com/x" },
      { objects: [echo("a")] },
    );
    expect(controller.finalizer).toBe("other.example.com/x");
    expect(cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers).toEqual(["other.example.com/x"]);
    await stop();
  });
});
