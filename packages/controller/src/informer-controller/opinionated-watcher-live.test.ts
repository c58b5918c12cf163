import { backoffRetryPolicy, constantBackoff, exponentialBackoffRetryPolicy } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import { Echo, echo } from "../testing/harness.ts";
import { World } from "./testing/world.ts";

describe("defects of v0.9.10 that no switch restores:", () => {
  it("list wipe: adding our finalizer leaves the finalizers of others (grafana-app-sdk #910)", async () => {
    await using world = new World();
    world.watch({ inProgressFinalizer: false });
    await world.start();
    await world.put(echo("a", "hello", { finalizers: ["other.example.com/x"] }));
    expect(world.finalizers).toEqual(["other.example.com/x", "F"]);
  });

  it("double call: an update without our finalizer adds, and does not update as well", async () => {
    await using world = new World();
    world.watch({ inProgressFinalizer: false });
    await world.start();
    await world.put(echo("a"));
    await world.put(echo("a", "changed"));
    expect(world.log).toEqual(["add []", "add []"]);
    expect(world.finalizers).toEqual(["F"]);
  });

  it("lost error: failures of retries are reported, each with its own error", async () => {
    await using world = new World({ retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 2 }) });
    world.watch({ inProgressFinalizer: false });
    world.fail.add("add");
    await world.start();
    await world.put(echo("a"));
    await world.clock.advance(10_000);
    expect(world.errors).toEqual(["CREATE 0: add failed", "CREATE 1: add failed", "CREATE 2: add failed"]);
  });

  it("leak: objects that failed and are gone leave no retry, no timer and no key", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch({ inProgressFinalizer: false });
    world.fail.add("add");
    await world.start();
    const before = world.clock.pendingTimers;
    for (let index = 0; index < 50; index += 1) {
      await world.put(echo("a"));
      world.fail.delete("add");
      world.cluster.remove(Echo, { namespace: "n", name: "a" });
      await world.settle();
      expect(world.cluster.list(Echo)).toEqual([]);
      world.fail.add("add");
    }
    expect(world.clock.pendingTimers).toBe(before);
    await world.clock.advance(100_000);
    expect(world.log.filter((call) => call.startsWith("add"))).toHaveLength(50);
  });
});

describe("with an opinionated watcher on a real watch", () => {
  it("its own in-progress finalizer does not cancel the retry of its add (grafana-app-sdk #758)", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    world.fail.add("add");
    await world.start();
    await world.put(echo("a"));
    world.fail.delete("add");
    await world.clock.advance(10_000);
    expect(world.finalizers).toEqual(["F"]);
    const calls = world.log.length;
    await world.clock.advance(100_000);
    expect(world.log).toHaveLength(calls);
  });

  it.each([
    ["opinionated", "a new object"],
    ["dropAll", "a new object"],
    ["opinionated", "an object that lost its finalizer"],
    ["dropAll", "an object that lost its finalizer"],
  ] as const)(
    "with %s, its own in-progress finalizer neither begins a second chain of retries nor cancels the first: %s",
    async (retryDequeuePolicy, what) => {
      const retryPolicy = backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 3 });
      await using world = new World({ retryDequeuePolicy, retryPolicy });
      world.watch();
      await world.start();
      if (what !== "a new object") {
        await world.put(echo("a"));
        world.log.length = 0;
      }
      world.fail.add("add");
      await world.put(echo("a"));
      await world.clock.advance(10_000);
      const action = what === "a new object" ? "CREATE" : "UPDATE";
      expect(world.errors).toEqual([0, 1, 2, 3].map((attempt) => `${action} ${attempt}: add failed`));
      expect([world.log, world.finalizers]).toEqual([Array(4).fill("add [W]"), ["W"]]);
    },
  );

  it("a status write does not cancel the retry of a failed change of the specification (#41)", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    await world.start();
    await world.put(echo("a"));
    world.fail.add("update");
    await world.put({ ...echo("a", "changed"), metadata: { ...echo("a").metadata, finalizers: ["F"] } });
    world.fail.delete("update");
    const now = world.cluster.get(Echo, { namespace: "n", name: "a" });
    if (now === undefined) throw new Error("it is there");
    await world.put({ ...now, status: { said: "changed" } });
    await world.clock.advance(10_000);
    expect(world.log).toEqual(["add [W]", "update [F]", "update [F]"]);
  });

  it("an object that is deleted while its add keeps failing is cleaned up and goes (#46)", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    world.fail.add("add");
    await world.start();
    await world.put(echo("a"));
    world.cluster.remove(Echo, { namespace: "n", name: "a" });
    await world.settle();
    await world.clock.advance(100_000);
    expect(world.cluster.list(Echo)).toEqual([]);
    expect(world.log.filter((call) => call.startsWith("delete"))).toEqual(["delete [W]"]);
  });

  it("a cleanup that fails is retried until the object may go", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    await world.start();
    await world.put(echo("a"));
    world.fail.add("delete");
    world.cluster.remove(Echo, { namespace: "n", name: "a" });
    await world.settle();
    expect(world.cluster.list(Echo)).toHaveLength(1);
    world.fail.delete("delete");
    await world.clock.advance(1000);
    expect(world.cluster.list(Echo)).toEqual([]);
  });
});
