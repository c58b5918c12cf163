import { describe, expect, it } from "vitest";
import { Echo, echo, start } from "./testing/harness.ts";

const OURS = "example.com/echo";

describe("a controller with claim", () => {
  it("leaves what it does not claim as it is: no finalizer, no reconcile, no cleanup, nothing written", async () => {
    const calls: string[] = [];
    const { clock, cluster, stop } = await start(
      {
        claim: ({ spec }) => spec.text !== "theirs",
        reconcile: ({ key }) => void calls.push(`reconcile ${key}`),
        cleanup: ({ key }) => void calls.push(`cleanup ${key}`),
      },
      { objects: [echo("a", "theirs"), echo("b", "theirs", { finalizers: [OURS] }), echo("c", "ours")] },
    );
    cluster.remove(Echo, { namespace: "n", name: "b" });
    await clock.advance(0);
    expect(new Set(calls)).toEqual(new Set(["reconcile n/c"]));
    expect(cluster.get(Echo, { namespace: "n", name: "b" })?.metadata.finalizers).toEqual([OURS]);
    expect(cluster.writes).toEqual(["patch Echo n/c as echo"]);
    await stop();
  });

  it("takes its finalizer, and no other, off what it releases, without a cleanup", async () => {
    const calls: string[] = [];
    const { cluster, stop } = await start(
      { claim: () => "release", reconcile: () => void calls.push("reconcile"), cleanup: () => void calls.push("cleanup") },
      { objects: [echo("a", "x", { finalizers: ["a.com/a", OURS] }), echo("b")] },
    );
    expect(calls).toEqual([]);
    expect(cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers).toEqual(["a.com/a"]);
    expect(cluster.writes).toEqual(["patch Echo n/a as echo"]);
    await stop();
  });

  it("fails the turn when claim throws, and touches nothing", async () => {
    const { logs, cluster, stop } = await start(
      {
        claim: () => {
          throw new Error("two claim it");
        },
        reconcile() {},
        cleanup() {},
        backoff: false,
      },
      { objects: [echo("a")] },
    );
    expect(logs.filter(({ level }) => level === "error").map(({ fields }) => String(fields.error))).toEqual(["Error: two claim it"]);
    expect(cluster.writes).toEqual([]);
    await stop();
  });

  it("keeps the finalizer of a cleanup that says so, until the object changes", async () => {
    let cleanups = 0;
    const { clock, cluster, stop } = await start(
      { reconcile() {}, cleanup: () => ({ keepFinalizer: (cleanups += 1) < 2 }) },
      { objects: [echo("a", "x", { finalizers: [OURS, "a.com/a"], deletionTimestamp: "2026-01-01T00:00:00Z" })] },
    );
    await clock.advance(600_000);
    expect(cleanups).toBe(1);
    const object = cluster.get(Echo, { namespace: "n", name: "a" });
    if (object !== undefined) cluster.put({ ...object, metadata: { ...object.metadata, labels: { changed: "yes" } } });
    await clock.advance(0);
    expect(cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers).toEqual(["a.com/a"]);
    await stop();
  });
});
