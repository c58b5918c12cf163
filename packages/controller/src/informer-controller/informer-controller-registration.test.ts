import { describe, expect, it } from "vitest";
import { InformerAlreadyAddedError } from "./informer-already-added-error.ts";
import { InformerController } from "./informer-controller.ts";
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
    ["text", () => new InformerController().addWatcher("x" as never, "x"), "watcher must be an object with handlers, not a string"],
    ["a list", () => new InformerController().addWatcher([] as never, "x"), "watcher must be an object with handlers, not a list"],
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
    stage.controller.addInformer(stage.informer, "more");
    await stage.controller.removeInformer(stage.informer, KIND);
    await stage.controller.removeInformer(stage.informer, "more");
    expect(stage.informer.log).toEqual(["run", "close", "close"]);
    await stage.controller.removeInformer(stage.informer, "others");
    expect(stage.informer.log).toEqual(["run", "close", "close", "close", "stop"]);
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
