import { mutableCopy, type KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { InformerAlreadyAddedError } from "./informer-already-added-error.ts";
import { InformerController, type InformerControllerOptions } from "./informer-controller.ts";
import { FakeInformer } from "./testing/fake-informer.ts";
import { KIND, Recorder, Stage, thing } from "./testing/stage.ts";

/** A started stage with watchers that write their names into one log. */
async function named(...names: string[]): Promise<{ stage: Stage; log: string[]; watchers: Map<string, Recorder> }> {
  const stage = new Stage();
  const log: string[] = [];
  const watchers = new Map(names.map((name) => [name, stage.recorder(() => log.push(name))]));
  await stage.start();
  return { stage, log, watchers };
}

function get(watchers: Map<string, Recorder>, name: string): Recorder {
  return watchers.get(name) as Recorder;
}

describe("adding a watcher", () => {
  it.each<[string, () => void, string]>([
    ["no watcher", () => new InformerController().addWatcher(undefined as never, ""), "watcher cannot be nil"],
    ["null", () => new InformerController().addWatcher(null as never, "x"), "watcher cannot be nil"],
    ["an empty kind", () => new InformerController().addWatcher({}, ""), "resourceKind cannot be empty"],
    ["a method that is none", () => new InformerController().addWatcher({ add: 1 } as never, "x"), "watcher.add must be a function"],
    ["no informer", () => new InformerController().addInformer(undefined as never, ""), "informer cannot be nil"],
    ["an informer of an empty kind", () => new InformerController().addInformer(new FakeInformer(), ""), "resourceKind cannot be empty"],
    [
      "an informer that is none",
      () => new InformerController().addInformer({} as never, "x"),
      "informer must have an addEventHandler method",
    ],
    ["no reconciler", () => new InformerController().addReconciler(undefined as never, ""), "reconciler cannot be nil"],
    ["a reconciler of an empty kind", () => new InformerController().addReconciler({ reconcile() {} }, ""), "resourceKind cannot be empty"],
    [
      "a reconciler that is none",
      () => new InformerController().addReconciler({} as never, "x"),
      "reconciler must have a reconcile method",
    ],
  ])("refuses %s", (_title, add, message) => {
    expect(add).toThrow(new TypeError(message));
  });

  it("the first one hears of its kind's events, and of no other's", async () => {
    const { stage, log } = await named("first");
    await using _ = stage;
    stage.controller.addWatcher(new Recorder(stage.clock, () => log.push("other")), "others");
    await stage.tell(stage.informer.add(thing()));
    expect(log).toEqual(["first"]);
  });

  it("more than one are called in the order they were added", async () => {
    const { stage, log } = await named("first", "second", "third");
    await using _ = stage;
    await stage.tell(stage.informer.add(thing()));
    expect(log).toEqual(["first", "second", "third"]);
  });

  it("while it runs makes it hear of later events only", async () => {
    await using stage = new Stage();
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    const late = stage.recorder();
    await stage.tell(stage.informer.update(thing(), thing("a", { resourceVersion: "2" })));
    expect(late.calls).toEqual(["update n/a@2"]);
  });
});

describe("handlers that keep finalizers", () => {
  const keeper = (finalizer: string) => ({ finalizerClaims: () => [{ kind: { group: "example.com", kind: "Thing" }, finalizer }] });

  it("are refused when another one keeps the same on the same kind, whatever the label", async () => {
    const controller = new InformerController({ name: "echoes" });
    const first = keeper("x.com/a");
    controller.addWatcher(first, KIND);
    controller.addWatcher(first, "the same one under another label");
    controller.addReconciler({ ...keeper("x.com/b"), reconcile() {} }, KIND);
    expect(() => controller.addWatcher(keeper("x.com/b"), "other label")).toThrow(
      "add watcher of other label to echoes: a reconciler of things keeps the finalizer x.com/b on Thing too, and would take it off",
    );
    expect(() => controller.addReconciler({ ...keeper("x.com/a"), reconcile() {} }, KIND)).toThrow("add reconciler of things to echoes");
    expect(controller.finalizerClaims().map(({ finalizer }) => finalizer)).toEqual(["x.com/a", "x.com/a", "x.com/b"]);
  });

  it("may take over one that another, which was removed, kept", () => {
    const controller = new InformerController();
    const first = keeper("x.com/a");
    controller.addWatcher(first, KIND);
    controller.removeWatcher(first, KIND);
    expect(() => controller.addWatcher(keeper("x.com/a"), KIND)).not.toThrow();
  });
});

describe("removing a watcher", () => {
  it.each<[string, (stage: Stage) => void]>([
    ["no watcher", ({ controller }) => controller.removeWatcher(undefined as never, KIND)],
    ["an empty kind", ({ controller }) => controller.removeWatcher({}, "")],
    ["a watcher that was not added", ({ controller }) => controller.removeWatcher({}, KIND)],
    ["all of an empty kind", ({ controller }) => controller.removeAllWatchersForResource("")],
    ["all of a kind without any", ({ controller }) => controller.removeAllWatchersForResource("unknown")],
  ])("does nothing for %s", async (_title, remove) => {
    const { stage, log } = await named("first");
    await using _ = stage;
    remove(stage);
    await stage.tell(stage.informer.add(thing()));
    expect(log).toEqual(["first"]);
  });

  it("that is the only one leaves none", async () => {
    const { stage, log, watchers } = await named("only");
    await using _ = stage;
    stage.controller.removeWatcher(get(watchers, "only"), KIND);
    await stage.tell(stage.informer.add(thing()));
    expect(log).toEqual([]);
  });

  it.each([
    ["first", ["second", "third", "fourth"]],
    ["second", ["first", "third", "fourth"]],
    ["fourth", ["first", "second", "third"]],
  ])("the %s keeps the order of the others", async (name, rest) => {
    const { stage, log, watchers } = await named("first", "second", "third", "fourth");
    await using _ = stage;
    stage.controller.removeWatcher(get(watchers, name), KIND);
    await stage.tell(stage.informer.add(thing()));
    expect(log).toEqual(rest);
  });

  it("that was added twice removes one of them", async () => {
    const { stage, log, watchers } = await named("twice");
    await using _ = stage;
    stage.controller.addWatcher(get(watchers, "twice"), KIND);
    stage.controller.removeWatcher(get(watchers, "twice"), KIND);
    await stage.tell(stage.informer.add(thing()));
    expect(log).toEqual(["twice"]);
  });

  it("of all of a kind leaves the other kinds", async () => {
    const { stage, log } = await named("first", "second");
    await using _ = stage;
    const others = new FakeInformer();
    stage.controller.addInformer(others, "others");
    stage.controller.addWatcher(new Recorder(stage.clock, () => log.push("other")), "others");
    stage.controller.removeAllWatchersForResource(KIND);
    await stage.tell(stage.informer.add(thing()));
    await stage.tell(others.add(thing()));
    expect(log).toEqual(["other"]);
  });

  it("during an event keeps it from being called for that event, and aborts the signal of a call that runs", async () => {
    await using stage = new Stage();
    const signals: AbortSignal[] = [];
    const second = new Recorder(stage.clock);
    const first = stage.recorder((_heard, _object, { signal }) => {
      signals.push(signal);
      stage.controller.removeWatcher(first, KIND);
      stage.controller.removeWatcher(second, KIND);
    });
    stage.controller.addWatcher(second, KIND);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    expect([signals.map(({ aborted }) => aborted), second.calls]).toEqual([[true], []]);
  });
});

describe("informers", () => {
  it("of one kind all feed its watchers, and run and stop with the controller", async () => {
    const stage = new Stage();
    const other = new FakeInformer();
    stage.controller.addInformer(other, KIND);
    const recorder = stage.recorder();
    await stage.start();
    await stage.tell(stage.informer.add(thing("a")));
    await stage.tell(other.add(thing("b")));
    expect(recorder.calls).toEqual(["add n/a@1", "add n/b@1"]);
    expect([stage.informer.log, other.log]).toEqual([["run"], ["run"]]);
    stage.abort();
    expect(await stage.ended()).toBe("stopped");
    expect([stage.informer.log, other.log]).toEqual([
      ["run", "stop", "close"],
      ["run", "stop", "close"],
    ]);
  });

  it("that are the very same under the same kind are refused", () => {
    const stage = new Stage();
    expect(() => stage.controller.addInformer(stage.informer, KIND)).toThrow(InformerAlreadyAddedError);
  });

  it("whose subscribing fails are not added", async () => {
    await using stage = new Stage();
    const broken = new FakeInformer();
    broken.addEventHandler = () => {
      throw new Error("no room");
    };
    expect(() => stage.controller.addInformer(broken, KIND)).toThrow("no room");
    await stage.start();
    expect(broken.log).toEqual([]);
  });

  it("added while it runs start at once", async () => {
    await using stage = new Stage();
    const recorder = stage.recorder();
    await stage.start();
    const late = new FakeInformer();
    stage.controller.addInformer(late, KIND);
    await stage.tell(late.add(thing()));
    expect([late.log, recorder.calls]).toEqual([["run"], ["add n/a@1"]]);
  });

  it("removed while it runs stop, and tell no more", async () => {
    await using stage = new Stage();
    const recorder = stage.recorder();
    await stage.start();
    await stage.controller.removeInformer(stage.informer, KIND);
    await stage.tell(stage.informer.add(thing()));
    expect([stage.informer.log, recorder.calls]).toEqual([["run", "close", "stop"], []]);
    await stage.controller.removeInformer(stage.informer, KIND);
    expect(() => stage.controller.addInformer(stage.informer, KIND)).toThrow("it was stopped, and informers run once");
  });

  it("under two kinds run once, and until removed from both", async () => {
    await using stage = new Stage();
    stage.controller.addInformer(stage.informer, "others");
    await stage.start();
    await stage.controller.removeInformer(stage.informer, KIND);
    expect(stage.informer.log).toEqual(["run", "close"]);
    await stage.controller.removeInformer(stage.informer, "others");
    expect(stage.informer.log).toEqual(["run", "close", "close", "stop"]);
  });

  it("that break stop the controller, which rejects with what broke", async () => {
    const stage = new Stage();
    const other = new FakeInformer();
    stage.controller.addInformer(other, "others");
    await stage.start();
    stage.informer.break(new Error("no such kind"));
    expect(await stage.ended()).toEqual(new Error("no such kind"));
    expect(other.log).toEqual(["run", "stop", "close"]);
  });

  it("that run elsewhere are subscribed to and not run", async () => {
    await using stage = new Stage();
    const { addEventHandler } = stage.informer;
    const shared = { addEventHandler: addEventHandler.bind(stage.informer) };
    stage.controller.addInformer(shared, "shared");
    const recorder = new Recorder(stage.clock);
    stage.controller.addWatcher(recorder, "shared");
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    expect(recorder.calls).toEqual(["add n/a@1"]);
  });

  it("that tell before the controller runs are heard when it does", async () => {
    await using stage = new Stage();
    const recorder = stage.recorder();
    const told = stage.informer.add(thing());
    await stage.settle();
    expect(recorder.calls).toEqual([]);
    await stage.start();
    await told;
    await stage.settle();
    expect(recorder.calls).toEqual(["add n/a@1"]);
  });
});

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

describe("options", () => {
  it("of run are checked before it runs: without a signal it could not be stopped", async () => {
    const controller = new InformerController();
    await expect(controller.run({ signal: undefined as never })).rejects.toThrow("run informer-controller: signal is missing");
    await expect(controller.run({ signal: AbortSignal.abort() })).resolves.toBeUndefined();
  });

  it("may name what to begin with", async () => {
    const clock = new ManualClock();
    const informer = new FakeInformer();
    const log: string[] = [];
    const controller = new InformerController({
      clock,
      informers: { [KIND]: [informer] },
      watchers: { [KIND]: [{ add: () => log.push("watcher") }] },
      reconcilers: { [KIND]: [{ reconcile: () => void log.push("reconciler") }] },
    });
    const stop = new AbortController();
    const running = controller.run({ signal: stop.signal });
    await informer.add(thing());
    await clock.advance(0);
    await clock.advance(0);
    stop.abort();
    await running;
    expect(log).toEqual(["watcher", "reconciler"]);
  });

  it.each<[string, InformerControllerOptions]>([
    ["name", { name: "" }],
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: 1.5 }],
    ["retryTickMs", { retryTickMs: -1 }],
    ["stopGraceMs", { stopGraceMs: Number.NaN }],
    ["stopTimeoutMs", { stopTimeoutMs: -1 }],
    ["retryPolicy", { retryPolicy: 1 as never }],
    ["retryDequeuePolicy", { retryDequeuePolicy: "none" as never }],
    ["onError", { onError: "log" as never }],
  ])("refuses a %s that cannot work, by name", (field, options) => {
    expect(() => new InformerController(options)).toThrow(`${field}: `);
  });
});
