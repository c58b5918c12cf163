import type { KubernetesObject } from "@operatorkit/object";
import { exponentialBackoffRetryPolicy, PermanentError } from "@operatorkit/retry";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { InformerController } from "./informer-controller.ts";
import { FakeInformer } from "./testing/fake-informer.ts";
import { changed, every, failing, KIND, Recorder, Stage, thing } from "./testing/stage.ts";

describe("a failed watcher", () => {
  it("is called again with the same event, alone, and reported at every attempt", async () => {
    await using stage = new Stage({ retryPolicy: exponentialBackoffRetryPolicy(1000, 1) });
    const failed = stage.recorder(failing);
    const other = stage.recorder();
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(10_000);
    expect(failed.heard.map(({ atMs, attempt }) => [atMs, attempt])).toEqual([
      [0, 0],
      [1000, 1],
      [3000, 2],
    ]);
    expect(other.calls).toEqual(["add n/a@1"]);
    const about = { kind: KIND, key: "n/a", action: "CREATE", handler: "watcher", error: new Error("failed") };
    expect(stage.failures).toEqual([
      { ...about, attempt: 0, willRetry: true, retryInMs: 1000 },
      { ...about, attempt: 1, willRetry: true, retryInMs: 2000 },
      { ...about, attempt: 2, willRetry: false, retryInMs: undefined },
    ]);
  });

  it("is told the whole way that its failures of one state are about", async () => {
    await using stage = new Stage({ retryPolicy: every(1000, 1) });
    const told: unknown[] = [];
    stage.controller.addWatcher(
      {
        update(old: KubernetesObject, object: KubernetesObject, { attempt }) {
          told.push([old.metadata.resourceVersion, object.metadata.resourceVersion, attempt]);
          failing();
        },
      },
      KIND,
    );
    await stage.start();
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    await stage.tell(stage.informer.update(changed(2), changed(2)));
    await stage.advance(5000);
    expect(told).toEqual([
      ["1", "2", 0],
      ["2", "2", 0],
      ["1", "2", 1],
    ]);
  });

  it("is not called again without a policy, nor after a permanent error where the policy knows those", async () => {
    for (const retryPolicy of [null, every(10)]) {
      await using stage = new Stage({ retryPolicy });
      const recorder = stage.recorder(() => {
        throw new PermanentError("never");
      });
      await stage.start();
      await stage.tell(stage.informer.add(thing()));
      await stage.advance(1000);
      expect(recorder.calls).toHaveLength(1);
    }
  });

  it("is logged when there is no onError; an onError that throws is logged and changes nothing", async () => {
    for (const [onError, lines] of [
      [undefined, ["a watcher failed and will be tried again", "a watcher failed"]],
      [failing, ["onError failed", "onError failed"]],
    ] as const) {
      const logged: string[] = [];
      const logger = { debug() {}, info() {}, warn() {}, error: (message: string) => logged.push(message), with: () => logger };
      const clock = new ManualClock();
      const informer = new FakeInformer();
      const stop = new AbortController();
      const controller = new InformerController({
        clock,
        logger,
        retryPolicy: every(10, 1),
        informers: { [KIND]: [informer] },
        watchers: { [KIND]: [{ add: failing }] },
        ...(onError !== undefined && { onError }),
      });
      const running = controller.run({ signal: stop.signal });
      await informer.add(thing());
      await clock.advance(100);
      stop.abort();
      await running;
      expect(logged).toEqual(lines);
    }
  });

  it("is not retried when the policy itself fails", async () => {
    await using stage = new Stage({ retryPolicy: failing });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(100_000);
    expect(recorder.calls).toHaveLength(1);
    expect(stage.failures).toMatchObject([{ willRetry: false }]);
  });

  it("retries of different objects run side by side: one that hangs holds up no other", async () => {
    await using stage = new Stage({ retryPolicy: every(1000), concurrency: 2 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const recorder = stage.recorder(({ key, attempt }) => {
      if (attempt === 0) failing();
      return key === "n/hangs" ? promise : undefined;
    });
    await stage.start();
    const names = ["hangs", ...Array.from({ length: 50 }, (_, index) => `o${index}`)];
    for (const name of names) await stage.tell(stage.informer.add(thing(name)));
    await stage.advance(1000);
    expect(recorder.heard.filter(({ attempt, key }) => attempt === 1 && key !== "n/hangs")).toHaveLength(50);
    resolve();
  });

  it("a thousand failures of a hundred objects at once are all retried, none twice", async () => {
    await using stage = new Stage({ retryPolicy: every(1000, 1) });
    for (let index = 0; index < 10; index += 1) stage.recorder(failing);
    await stage.start();
    for (let index = 0; index < 100; index += 1) void stage.informer.add(thing(`o${index}`));
    await stage.settle();
    await stage.advance(5000);
    expect(stage.failures.filter(({ attempt }) => attempt === 0)).toHaveLength(1000);
    expect(stage.failures.filter(({ attempt }) => attempt === 1)).toHaveLength(1000);
  });

  it("never runs a retry beside an event of the same object: each waits for the other", async () => {
    await using stage = new Stage({ retryPolicy: every(100) });
    let running = 0;
    const recorder = stage.recorder(async ({ call, attempt }) => {
      running += 1;
      expect(running).toBe(1);
      await new Promise<void>((resolve) => void stage.clock.setTimer(250, resolve));
      running -= 1;
      if (call === "add" && attempt < 2) failing();
    });
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(300); // The add has failed at 250.
    await stage.tell(stage.informer.update(changed(1), changed(2))); // Runs from 300 to 550; the retry is due at 350.
    await stage.advance(5000);
    expect(recorder.heard.map(({ call, atMs, attempt }) => [call, atMs, attempt])).toEqual([
      ["add", 0, 0],
      ["update", 300, 0],
      ["add", 550, 1],
      ["add", 900, 2],
    ]);
  });

  it("with ticks is retried on the next one after its delay", async () => {
    await using stage = new Stage({ retryPolicy: every(100, 1), retryTickMs: 1000 });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.advance(500);
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(5000);
    expect(recorder.times("add")).toEqual([500, 1000]);
  });

  it("keeps the error of the latest attempt for the dequeue policy, which upstream loses", async () => {
    const errors: unknown[] = [];
    await using stage = new Stage({
      retryPolicy: every(1000),
      retryDequeuePolicy: (_event, { error }) => {
        errors.push((error as Error).message);
        return true;
      },
    });
    stage.recorder(({ call, attempt }) => {
      if (call === "add") throw new Error(`attempt ${attempt}`);
    });
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(2500);
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    expect(errors).toEqual(["attempt 2"]);
  });
});

describe("a success", () => {
  it("ends the retries: two calls of each, and no more", async () => {
    await using stage = new Stage({ retryPolicy: every(1000) });
    const recorder = stage.recorder(({ attempt }) => attempt < 1 && failing());
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(5000);
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    await stage.advance(5000);
    expect(recorder.calls).toEqual(["add n/a@1", "add n/a@1", "update n/a@2", "update n/a@2"]);
  });
});

describe("the retry policy", () => {
  it("that allows three retries makes four calls", async () => {
    await using stage = new Stage({ retryPolicy: (_error, attempt) => ({ retry: attempt < 3, delayMs: 1000 }) });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(60_000);
    expect(recorder.times("add")).toEqual([0, 1000, 2000, 3000]);
  });

  it("of exponential backoff is kept to by two chains of one object, each for itself", async () => {
    await using stage = new Stage({ retryPolicy: exponentialBackoffRetryPolicy(1000, 5) });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(changed(1)));
    await stage.advance(500);
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    await stage.advance(30_000);
    expect(recorder.times("add")).toEqual([0, 1000, 3000, 7000, 15_000]);
    expect(recorder.times("update")).toEqual([500, 1500, 3500, 7500, 15_500]);
  });

  it("by default waits 5, 10, 20, 40, 80 and 160 s", async () => {
    await using stage = new Stage();
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(1_000_000);
    expect(recorder.times("add")).toEqual([0, 5000, 15_000, 35_000, 75_000, 155_000, 315_000]);
  });
});

describe("removing a watcher", () => {
  it("drops its retries", async () => {
    await using stage = new Stage({ retryPolicy: every(1000) });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    stage.controller.removeWatcher(recorder, KIND);
    await stage.advance(10_000);
    expect([recorder.calls.length, stage.clock.pendingTimers]).toEqual([1, 0]);
  });

  it("while it runs reports its failure and does not retry it", async () => {
    await using stage = new Stage({ retryPolicy: every(1000) });
    const recorder = stage.recorder(() => {
      stage.controller.removeAllWatchersForResource(KIND);
      failing();
    });
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(10_000);
    expect([recorder.calls.length, stage.failures.map(({ willRetry }) => willRetry)]).toEqual([1, [false]]);
  });

  it("leaves the retries of the one behind it with that one", async () => {
    await using stage = new Stage({ retryPolicy: every(1000, 1) });
    const first = stage.recorder();
    const second = stage.recorder(failing);
    const third = stage.recorder();
    await stage.start();
    await stage.tell(stage.informer.update(changed(1), changed(2)));
    stage.controller.removeWatcher(first, KIND);
    await stage.advance(1000);
    expect([second.times("update").length, third.times("update").length]).toEqual([2, 1]);
    await stage.tell(stage.informer.update(changed(2), changed(3)));
    expect(second.calls.at(-1)).toBe("update n/a@3");
  });
});

it("the stop drops the retries that wait and starts none", async () => {
  const stage = new Stage({ retryPolicy: every(1000) });
  const recorder = stage.recorder(failing);
  await stage.start();
  await stage.tell(stage.informer.add(thing()));
  stage.abort();
  expect(await stage.ended()).toBe("stopped");
  await stage.advance(10_000);
  expect([recorder.calls.length, stage.clock.pendingTimers]).toEqual([1, 0]);
});

it("a handler that fails after the stop is not retried", async () => {
  const stage = new Stage({ retryPolicy: every(1000) });
  const { promise, reject } = Promise.withResolvers<void>();
  stage.recorder(() => promise);
  await stage.start();
  await stage.tell(stage.informer.add(thing()));
  stage.abort();
  reject(new Error("late"));
  expect(await stage.ended()).toBe("stopped");
  expect(stage.failures).toMatchObject([{ willRetry: false, retryInMs: undefined }]);
  expect(stage.clock.pendingTimers).toBe(0);
});

it("a watcher added twice has two lives: each is retried for itself", async () => {
  await using stage = new Stage({ retryPolicy: every(1000, 1) });
  const recorder = new Recorder(stage.clock, failing);
  stage.controller.addWatcher(recorder, KIND);
  stage.controller.addWatcher(recorder, KIND);
  await stage.start();
  await stage.tell(stage.informer.add(thing()));
  await stage.advance(10_000);
  expect(recorder.calls).toHaveLength(4);
});
