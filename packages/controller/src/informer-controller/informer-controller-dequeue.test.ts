import { exponentialBackoffRetryPolicy } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import { changed, every, failing, Stage, thing } from "./testing/stage.ts";

describe("a new event, with the opinionated policy,", () => {
  /** Fails at one event until a later one comes; how often each was called in the end. */
  async function calls(first: "add" | "update", then: (stage: Stage) => Promise<void>): Promise<Record<string, number>> {
    await using stage = new Stage({ retryPolicy: (_error, attempt) => ({ retry: attempt <= 6, delayMs: 1000 }) });
    let isLater = false;
    const recorder = stage.recorder(({ call }) => {
      if (call === first && (!isLater || recorder.heard.at(-1)?.version === "1")) failing();
    });
    await stage.start();
    await stage.tell(first === "add" ? stage.informer.add(changed(1)) : stage.informer.update(thing("a", { generation: 0 }), changed(1)));
    await stage.advance(4500);
    isLater = true;
    await stage.tell(then(stage));
    await stage.advance(30_000);
    return Object.fromEntries(
      ["add", "update", "delete"].map((call) => [call, recorder.calls.filter((one) => one.startsWith(call)).length]),
    );
  }

  it("that deletes stops the retries of an add", async () => {
    expect(await calls("add", ({ informer }) => informer.delete(changed(1)))).toEqual({ add: 5, update: 0, delete: 1 });
  });

  it("of another action does not stop them: eight calls, and one", async () => {
    expect(await calls("add", ({ informer }) => informer.update(changed(1), changed(2)))).toEqual({ add: 8, update: 1, delete: 0 });
  });

  it("of the same generation does not stop the retries of an update", async () => {
    const later = thing("a", { generation: 1, resourceVersion: "99" });
    expect(await calls("update", ({ informer }) => informer.update(changed(1), later))).toEqual({ add: 0, update: 9, delete: 0 });
  });

  it("of another generation stops the retries of an update", async () => {
    expect(await calls("update", ({ informer }) => informer.update(changed(1), changed(2)))).toEqual({ add: 0, update: 6, delete: 0 });
  });

  it("about another object, or for another watcher, changes nothing", async () => {
    await using stage = new Stage({ retryPolicy: every(1000, 3) });
    const recorder = stage.recorder(({ key }) => key === "n/a" && failing());
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.tell(stage.informer.add(thing("b")));
    await stage.tell(stage.informer.delete(thing("b")));
    await stage.advance(10_000);
    expect(recorder.times("add")).toHaveLength(5);
  });

  it("of a re-created object keeps a DELETE that is about the old one, and drops the old one's other retries", async () => {
    await using stage = new Stage({ retryPolicy: every(1000, 1) });
    const recorder = stage.recorder(({ version }) => version !== "7" && failing());
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.tell(stage.informer.delete(thing()));
    await stage.tell(stage.informer.add(thing("a", { uid: "new", resourceVersion: "7" })));
    await stage.advance(10_000);
    expect(recorder.calls).toEqual(["add n/a@1", "delete n/a@1", "add n/a@7", "delete n/a@1"]);
  });

  it("drops a retry that is due and waits for its turn", async () => {
    await using stage = new Stage({ retryPolicy: every(100) });
    const recorder = stage.recorder(async ({ call, version }) => {
      if (call === "update" && version === "1") failing();
      await new Promise<void>((resolve) => void stage.clock.setTimer(500, resolve));
    });
    await stage.start();
    await stage.tell(stage.informer.update(thing("a", { resourceVersion: "0" }), changed(1)));
    await stage.tell(stage.informer.add(changed(1))); // Keeps the lane busy while the retry becomes due and the update comes.
    await stage.advance(50);
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    await stage.advance(5000);
    expect(recorder.calls).toEqual(["update n/a@1", "add n/a@1", "update n/a@2"]);
  });
});

describe("with retries dropped at any event (no policy)", () => {
  it("an update ends an add's exponential chain and makes its own", async () => {
    await using stage = new Stage({ retryPolicy: exponentialBackoffRetryPolicy(1000, 5), retryDequeuePolicy: null });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(10_000);
    expect(recorder.times("add")).toHaveLength(4);
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    await stage.advance(9_999);
    expect([recorder.times("add").length, recorder.times("update").length]).toEqual([4, 4]);
  });

  it("an update that succeeds is called once and leaves no retry of the add", async () => {
    await using stage = new Stage({ retryPolicy: every(1000), retryDequeuePolicy: "dropAll" });
    const recorder = stage.recorder(({ call }) => call === "add" && failing());
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(3500);
    await stage.tell(stage.informer.update(changed(1), changed(1)));
    await stage.advance(10_000);
    expect([recorder.times("add").length, recorder.times("update").length]).toEqual([4, 1]);
  });
});

describe("chains of retries of one object", () => {
  it("of different actions run each for itself: seven calls each", async () => {
    await using stage = new Stage({ retryPolicy: (_error, attempt) => ({ retry: attempt < 6, delayMs: 1000 }) });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(2500);
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    await stage.advance(60_000);
    expect([recorder.times("add").length, recorder.times("update").length]).toEqual([7, 7]);
  });

  it("do not stack under resyncs: one chain per state, where upstream has up to ten", async () => {
    await using stage = new Stage();
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    for (let index = 0; index < 20; index += 1) {
      await stage.advance(30_000);
      await stage.tell(stage.informer.update(changed(2), changed(2)));
    }
    expect(recorder.heard.filter(({ attempt }) => attempt > 0).length).toBeLessThanOrEqual(12);
  });

  it("leave nothing behind when they end", async () => {
    await using stage = new Stage({ retryPolicy: every(1000, 2) });
    stage.recorder(failing);
    await stage.start();
    for (let index = 0; index < 100; index += 1) await stage.tell(stage.informer.add(thing(`o${index}`)));
    await stage.advance(10_000);
    expect(stage.clock.pendingTimers).toBe(0);
  });
});
