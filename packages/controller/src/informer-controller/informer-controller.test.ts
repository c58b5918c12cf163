import { mutableCopy, type KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { InformerController } from "./informer-controller.ts";
import { FakeInformer } from "./testing/fake-informer.ts";
import { KIND, Recorder, Stage, thing } from "./testing/stage.ts";

describe("an event without an object", () => {
  it.each<[string, (informer: FakeInformer) => Promise<void>, string]>([
    ["add", (informer) => informer.add(undefined), "object cannot be nil"],
    ["update, old", (informer) => informer.update(null, thing()), "old cannot be nil"],
    ["update, new", (informer) => informer.update(thing(), null), "new cannot be nil"],
    ["delete", (informer) => informer.delete(undefined), "object cannot be nil"],
  ])("is refused before any watcher is called: %s", async (_title, tell, message) => {
    await using stage = new Stage();
    const recorder = stage.recorder();
    await stage.start();
    await expect(tell(stage.informer)).rejects.toThrow(message);
    expect(recorder.calls).toEqual([]);
  });
});

describe("order", () => {
  it("calls the next watcher when the one before has ended, and reconcilers after the watchers", async () => {
    await using stage = new Stage();
    const log: string[] = [];
    const slow = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`);
      await new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve));
      log.push(`${name} ends`);
    };
    stage.controller.addReconciler({ reconcile: slow("reconciler") }, KIND);
    stage.recorder(slow("first"));
    stage.recorder(slow("second"));
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(1000);
    const both = (name: string): string[] => [`${name} begins`, `${name} ends`];
    expect(log).toEqual([...both("first"), ...both("second"), ...both("reconciler")]);
  });

  it("leaves no watcher out because another threw, rejected or threw nothing at all", async () => {
    await using stage = new Stage({ retryPolicy: null });
    const last = new Recorder(stage.clock);
    stage.recorder(() => {
      throw new Error("thrown");
    });
    stage.recorder(() => Promise.reject(new Error("rejected")));
    stage.recorder(() => Promise.reject());
    stage.controller.addWatcher(last, KIND);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    expect(last.calls).toEqual(["add n/a@1"]);
    expect(stage.failures.map(({ error }) => error)).toEqual([new Error("thrown"), new Error("rejected"), undefined]);
  });

  it("handles one object's events one after another, and different objects side by side up to the concurrency", async () => {
    await using stage = new Stage({ concurrency: 2 });
    let running = 0;
    let most = 0;
    const keys = new Set<string>();
    const recorder = stage.recorder(async ({ key }) => {
      expect(keys.has(key)).toBe(false);
      keys.add(key);
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve));
      running -= 1;
      keys.delete(key);
    });
    await stage.start();
    for (const name of ["a", "b", "c", "d"]) {
      await stage.tell(stage.informer.add(thing(name)));
      await stage.tell(stage.informer.update(thing(name), thing(name, { resourceVersion: "2", generation: 2 })));
    }
    await stage.advance(2000);
    expect(most).toBe(2);
    for (const name of ["a", "b", "c", "d"]) {
      const calls = recorder.calls.filter((call) => call.includes(`n/${name}@`));
      expect([[`add n/${name}@1`, `update n/${name}@2`], [`add n/${name}@2`]]).toContainEqual(calls);
    }
  });

  it("keeps add, update, update, delete of each object in order among many objects", async () => {
    await using stage = new Stage({ concurrency: 4, compatibility: { everyEvent: true } });
    const recorder = stage.recorder(() => new Promise<void>((resolve) => void stage.clock.setTimer(10, resolve)));
    await stage.start();
    for (let index = 0; index < 20; index += 1) {
      const [v1, v2, v3] = ["1", "2", "3"].map((resourceVersion) => thing(`o${index}`, { resourceVersion }));
      void stage.informer.add(v1);
      void stage.informer.update(v1, v2);
      void stage.informer.update(v2, v3);
      void stage.informer.delete(v3);
    }
    await stage.advance(5000);
    for (let index = 0; index < 20; index += 1) {
      const calls = recorder.heard.filter(({ key }) => key === `n/o${index}`).map(({ call, version }) => `${call}@${version}`);
      expect(calls).toEqual(["add@1", "update@2", "update@3", "delete@3"]);
    }
  });

  it("gets through ninety objects of 100 ms each in 3 s, three at a time", async () => {
    await using stage = new Stage({ concurrency: 3 });
    let ended = 0;
    stage.recorder(async () => {
      await new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve));
      ended += 1;
    });
    await stage.start();
    for (let index = 0; index < 90; index += 1) void stage.informer.add(thing(`o${index}`));
    await stage.advance(2999);
    expect(ended).toBe(87);
    await stage.advance(1);
    expect(ended).toBe(90);
  });

  it("merges what happens to an object that waits: its handlers see one change from what they knew to what is there", async () => {
    await using stage = new Stage();
    const changes: string[] = [];
    stage.controller.addWatcher(
      {
        async add(object: KubernetesObject) {
          changes.push(`add ${object.metadata.resourceVersion}`);
          await new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve));
        },
        update: (old: KubernetesObject, object: KubernetesObject) =>
          changes.push(`update ${old.metadata.resourceVersion} to ${object.metadata.resourceVersion}`),
      },
      KIND,
    );
    await stage.start();
    const versions = ["1", "2", "3", "4"].map((resourceVersion) => thing("a", { resourceVersion }));
    await stage.tell(stage.informer.add(versions[0]));
    for (let index = 1; index < 4; index += 1) await stage.tell(stage.informer.update(versions[index - 1], versions[index]));
    await stage.advance(100);
    expect(changes).toEqual(["add 1", "update 1 to 4"]);
  });

  it("never changes what the informer gave, and gives every handler the same", async () => {
    await using stage = new Stage();
    const seen: KubernetesObject[] = [];
    stage.recorder((_heard, object) => seen.push(object));
    stage.recorder((_heard, object) => seen.push(object));
    await stage.start();
    const object = Object.freeze(thing());
    const before = mutableCopy(object);
    await stage.tell(stage.informer.add(object));
    expect(seen.every((one) => one === object)).toBe(true);
    expect(object).toEqual(before);
  });
});

describe("running", () => {
  it("happens once", async () => {
    const stage = new Stage();
    await stage.start();
    const { signal } = new AbortController();
    await expect(stage.controller.run({ signal })).rejects.toThrow("runs already");
    stage.abort();
    await stage.ended();
    await expect(stage.controller.run({ signal })).rejects.toThrow("has stopped; make a new one");
    expect(() => stage.controller.addInformer(new FakeInformer(), KIND)).toThrow("has stopped");
  });

  it("says whether it is ready", async () => {
    const stage = new Stage();
    const ailments = (): unknown[] => stage.controller.healthChecks().map(({ check }) => check());
    expect(ailments()).toEqual(["informer-controller does not run"]);
    await stage.start();
    expect(ailments()).toEqual([undefined]);
    stage.abort();
    await stage.ended();
    expect(ailments()).toEqual(["informer-controller does not run"]);
  });

  it("stops at once when its signal was aborted before", async () => {
    const stage = new Stage();
    stage.abort();
    await stage.start();
    expect(await stage.ended()).toBe("stopped");
  });

  it("takes no event in after the stop, lets a handler that runs end, and then resolves", async () => {
    const stage = new Stage();
    const { promise, resolve } = Promise.withResolvers<void>();
    const recorder = stage.recorder(() => promise);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    stage.abort();
    await stage.tell(stage.informer.add(thing("b")));
    let hasEnded = false;
    const ended = stage.ended().then((outcome) => ((hasEnded = true), outcome));
    await stage.advance(4000);
    expect(hasEnded).toBe(false);
    resolve();
    expect(await ended).toBe("stopped");
    expect(recorder.calls).toEqual(["add n/a@1"]);
  });

  it("aborts a handler's signal when its grace is over", async () => {
    const stage = new Stage({ stopGraceMs: 1000 });
    stage.recorder(
      (_heard, _object, { signal }) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    );
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    stage.abort();
    await stage.advance(1000);
    expect(await stage.ended()).toBe("stopped");
  });

  it("calls no further handler of an event when the grace is over", async () => {
    const stage = new Stage({ stopGraceMs: 1000 });
    stage.recorder(
      (_heard, _object, { signal }) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    );
    const next = stage.recorder();
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    stage.abort();
    await stage.advance(1000);
    expect([await stage.ended(), next.calls]).toEqual(["stopped", []]);
  });

  it("names the handler that does not end, instead of waiting for it for ever", async () => {
    const stage = new Stage({ stopGraceMs: 1000, stopTimeoutMs: 2000 });
    const { promise, resolve } = Promise.withResolvers<void>();
    stage.recorder(() => promise);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    stage.abort();
    await stage.advance(2000);
    expect(String(await stage.ended())).toContain("the watcher of things at CREATE n/a did not end within 2000 ms");
    resolve();
  });

  it("waits for its informers only so long", async () => {
    const clock = new ManualClock();
    const controller = new InformerController({
      clock,
      stopTimeoutMs: 2000,
      informers: { [KIND]: [new FakeInformer({ ignoresSignal: true })] },
    });
    const stop = new AbortController();
    const running = controller.run({ signal: stop.signal }).catch((error: unknown) => String(error));
    await clock.advance(0);
    stop.abort();
    await clock.advance(2000);
    expect(await running).toContain("stopping the informers of informer-controller took longer than 2000 ms");
  });
});

it("objects of one key and different kinds go side by side", async () => {
  await using stage = new Stage();
  const other = new FakeInformer();
  stage.controller.addInformer(other, "others");
  const { promise, resolve } = Promise.withResolvers<void>();
  stage.recorder(() => promise);
  const recorder = new Recorder(stage.clock);
  stage.controller.addWatcher(recorder, "others");
  await stage.start();
  await stage.tell(stage.informer.add(thing()));
  await stage.tell(other.add(thing()));
  expect(recorder.calls).toEqual(["add n/a@1"]);
  resolve();
});

it("a change that a handler calls its own doing is not told to it, a resync is", async () => {
  await using stage = new Stage();
  const told: string[] = [];
  const update = (_old: unknown, { metadata }: { metadata: { resourceVersion?: string } }): unknown =>
    told.push(`${metadata.resourceVersion}`);
  stage.controller.addWatcher({ update, isOwnWrite: () => true }, KIND);
  await stage.start();
  const [v1, v2] = ["1", "2"].map((resourceVersion) => thing("a", { resourceVersion }));
  await stage.tell(stage.informer.update(v1, v2));
  expect(told).toEqual([]);
  await stage.tell(stage.informer.update(v2, v2));
  expect(told).toEqual(["2"]);
});
