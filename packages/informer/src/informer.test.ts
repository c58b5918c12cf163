import { entryOf, type ListWatch, type WatchRequest } from "@operatorkit/api";
import { LabelSelectorError } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import type { EventHandler } from "./event-handler.ts";
import { Informer } from "./informer.ts";
import { FakeServer, type Widget } from "./testing/fake-server.ts";
import { Lab } from "./testing/lab.ts";

function recording(): EventHandler<Widget> & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    add: ({ metadata }, { initial }) => void log.push(`add ${metadata.name}${initial ? " initial" : ""}`),
    update: (old, { metadata }) => void log.push(`update ${metadata.name} ${old.metadata.resourceVersion}→${metadata.resourceVersion}`),
    delete: ({ metadata }) => void log.push(`delete ${metadata.name}`),
  };
}

/** What a promise rejects with. */
async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "it did not reject";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function names(objects: readonly Widget[]): string[] {
  return objects.map(({ metadata }) => metadata.name);
}

async function started(options: ConstructorParameters<typeof Lab>[0] = {}): Promise<Lab> {
  const lab = new Lab(options);
  lab.server.create("a", { labels: { app: "web" }, node: "n1" });
  lab.server.create("b", { namespace: "other", node: "n1" });
  await lab.start();
  return lab;
}

describe("a handler", () => {
  it("that subscribes while a long first list is being taken over is told every object once, and the event loop has its turns", async () => {
    // Every look at the clock takes a while, as it would with many objects.
    class SlowClock extends ManualClock {
      #looks = 0;
      override monotonicMs(): number {
        this.#looks += 1;
        return super.monotonicMs() + this.#looks * 5;
      }
    }
    const clock = new SlowClock();
    const server = new FakeServer({ clock });
    for (let index = 0; index < 3_000; index += 1) server.create(`w-${index}`);
    const informer = new Informer({ listWatch: server, clock, pageSize: 5_000 });
    const early = recording();
    const late = recording();
    informer.addEventHandler(early);
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    while (informer.lister.size === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(informer.lister.size).toBeLessThan(3_000);
    expect(informer.isSynced).toBe(false);
    const subscription = informer.addEventHandler(late);
    await informer.synced();
    await subscription.synced();
    expect(early.log.toSorted()).toEqual(Array.from({ length: 3_000 }, (_, index) => `add w-${index} initial`).toSorted());
    expect(late.log).toEqual(early.log);
    stop.abort();
    await running;
  });

  it("that subscribes late gets the present state first, then what changes", async () => {
    await using lab = await started();
    const late = recording();
    const subscription = lab.informer.addEventHandler(late);
    lab.server.update("a");
    await lab.settle();
    expect(late.log).toEqual(["add a initial", "add b initial", "update a 101→103"]);
    await subscription.synced();
  });

  it("that is busy, but not waiting, is told every change of a flood, because reading waits for it", async () => {
    class SlowClock extends ManualClock {
      #looks = 0;
      override monotonicMs(): number {
        this.#looks += 1;
        return super.monotonicMs() + this.#looks * 5;
      }
    }
    const versions = Array.from({ length: 300 }, (_, index) => String(index + 2));
    const widget = (resourceVersion: string): Widget => ({
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "a", namespace: "default", uid: "u", resourceVersion },
    });
    const clock = new SlowClock();
    const { kind } = new FakeServer({ clock });
    const informer = new Informer<Widget>({
      clock,
      listWatch: {
        kind,
        list: () => Promise.resolve({ entries: [entryOf(widget("1"))], resourceVersion: "1" }),
        async *watch({ signal }: WatchRequest) {
          for (const version of versions) yield [{ type: "MODIFIED" as const, entry: entryOf(widget(version)) }];
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        },
      } as unknown as ListWatch<Widget>,
    });
    const told: (string | undefined)[] = [];
    const all = Promise.withResolvers<void>();
    informer.addEventHandler({
      update: (_old, { metadata }) => {
        told.push(metadata.resourceVersion);
        if (metadata.resourceVersion === versions.at(-1)) all.resolve();
      },
    });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    await all.promise;
    stop.abort();
    await running;
    expect(told).toEqual(versions);
  });

  it("is told what changed several times while it was busy once, from what it last saw to what is there", async () => {
    await using lab = await started();
    const gate = Promise.withResolvers<void>();
    const slow = recording();
    lab.informer.addEventHandler({ ...slow, add: (object, context) => gate.promise.then(() => slow.add?.(object, context)) });
    await lab.settle();
    for (let i = 0; i < 1_000; i += 1) lab.server.update("a");
    lab.server.create("c");
    lab.server.delete("c");
    lab.server.delete("b", "other");
    lab.server.create("b", { namespace: "other" });
    await lab.settle();
    gate.resolve();
    await lab.settle();
    expect(slow.log).toEqual(["add a initial", "update a 101→1102", "add b"]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("bad");
      },
    ],
    ["rejects", () => Promise.reject(new Error("bad"))],
    [
      "returns a promise of its own kind that rejects",
      () => {
        // As promises of other libraries are; a literal with this name would be taken for a slip.
        const name = "then" as string;
        return { [name]: (_: unknown, reject: (error: unknown) => void) => reject(new Error("bad")) };
      },
    ],
  ])("that %s is reported each time and harms nobody", async (_, fail) => {
    await using lab = await started();
    const other = recording();
    lab.informer.addEventHandler({ add: fail, update: fail, delete: fail });
    lab.informer.addEventHandler(other);
    lab.server.update("a");
    await lab.settle();
    lab.server.delete("a");
    await lab.settle();
    expect(lab.errors.map(String)).toEqual(Array(4).fill("Error: bad"));
    expect(other.log).toEqual(["add a initial", "add b initial", "update a 101→103", "delete a"]);
  });

  it("that never settles raises the alarm, holds up nobody else, and does not stop the informer from stopping", async () => {
    const stuck: number[] = [];
    const lines: string[] = [];
    const log = (message: string): void => void lines.push(message);
    const logger = { debug() {}, info() {}, warn() {}, error: log, with: () => logger };
    const metrics = {
      counter: () => ({ add() {}, remove() {} }),
      histogram: () => ({ observe() {}, remove() {} }),
      gauge: ({ name }: { name: string }) => ({
        set() {},
        remove() {},
        add: (value: number) => void (name === "informer_handlers_stuck" && stuck.push(value)),
      }),
    };
    const lab = await started({ logger, metrics, handlerAlarmMs: 5_000, stopGraceMs: 1_000 });
    const other = recording();
    let signal: AbortSignal | undefined;
    const hanging = lab.informer.addEventHandler({
      add: (_, context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
    });
    lab.informer.addEventHandler(other);
    await lab.advance(5_000);
    expect(stuck).toEqual([1]);
    expect(lines).toEqual(["a handler has been at add default/a for 5 s; it is told nothing else until it settles"]);
    lab.server.update("a");
    await lab.settle();
    expect(other.log).toEqual(["add a initial", "add b initial", "update a 101→103"]);
    const waiting = messageOf(hanging.synced());
    const stopping = lab.stop();
    await lab.advance(1_000);
    expect(signal?.aborted).toBe(true);
    expect(await stopping).toEqual([]);
    expect(await waiting).toContain("closed before");
  });

  it("that was closed is told nothing more", async () => {
    await using lab = await started();
    const handler = recording();
    const subscription = lab.informer.addEventHandler(handler);
    subscription.close();
    subscription.close();
    lab.server.update("a");
    await lab.settle();
    expect(handler.log).toEqual([]);
    await expect(subscription.synced()).rejects.toThrow("closed");
  });

  it("gets frozen objects", async () => {
    await using lab = await started();
    const object = lab.informer.lister.get("default/a");
    expect(() => Object.assign(object?.metadata ?? {}, { name: "x" })).toThrow(/read only/);
  });

  it("lets the event loop have its turn while it works through many objects", async () => {
    let busyMs = 0;
    let turns = 0;
    const turnsAt: number[] = [];
    const clock = new ManualClock();
    const server = new FakeServer({ clock });
    for (let i = 0; i < 50; i += 1) server.create(`n${i}`);
    const slow = { now: () => clock.now(), monotonicMs: () => clock.monotonicMs() + busyMs, setTimer: clock.setTimer.bind(clock) };
    const informer = new Informer<Widget>({ listWatch: server, clock: slow });
    const subscription = informer.addEventHandler({
      add: () => {
        busyMs += 3;
        turnsAt.push(turns);
      },
    });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    const progress = { isDone: false };
    const done = subscription.synced().then(() => (progress.isDone = true));
    for (; !progress.isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    await done;
    stop.abort();
    await running;
    const calls = Object.values(Object.groupBy(turnsAt, (turn) => turn)).map((turn) => turn?.length ?? 0);
    expect(turnsAt).toHaveLength(50);
    expect(Math.max(...calls)).toBeLessThanOrEqual(4);
  });
});

describe("a key listener", () => {
  it("is told of what is there at once, then of every change, without an object being read", async () => {
    await using lab = await started();
    const log: string[] = [];
    const subscription = lab.informer.onKeys((key, { type, initial }) => log.push(`${type} ${key}${initial ? " initial" : ""}`));
    expect(log).toEqual(["add default/a initial", "add other/b initial"]);
    lab.server.update("a");
    lab.server.update("a");
    await lab.settle();
    subscription.close();
    lab.server.delete("a");
    await lab.settle();
    expect(log.slice(2)).toEqual(["update default/a", "update default/a"]);
  });

  it("that throws is reported and harms nobody", async () => {
    await using lab = await started();
    lab.informer.onKeys(() => {
      throw new Error("bad");
    });
    lab.server.update("a");
    await lab.settle();
    expect(lab.errors).toHaveLength(3);
  });
});

describe("being synced", () => {
  it("means for the informer that the first list is there, and for a subscription that its handler has handled it", async () => {
    await using lab = await started();
    const gate = Promise.withResolvers<void>();
    const subscription = lab.informer.addEventHandler({ add: () => gate.promise });
    let isSynced = false;
    const syncing = subscription.synced().then(() => (isSynced = true));
    await lab.informer.synced();
    await lab.settle();
    expect(isSynced).toBe(false);
    gate.resolve();
    await syncing;
  });

  it("comes to a handler of an empty kind, too", async () => {
    await using lab = new Lab();
    const subscription = lab.informer.addEventHandler({});
    await lab.start();
    await subscription.synced();
    expect(lab.informer.lister.size).toBe(0);
  });

  it("can be waited for with a signal, and rejects when the informer stops before", async () => {
    const lab = new Lab();
    lab.server.failAlways("list", { type: "break" });
    await lab.start();
    const impatient = new AbortController();
    const waiting = messageOf(lab.informer.synced({ signal: impatient.signal }));
    impatient.abort(new Error("enough"));
    expect(await waiting).toBe("enough");
    const patient = messageOf(lab.informer.synced());
    await lab.stop();
    expect(await patient).toContain("stopped before it had synced");
    await expect(lab.informer.synced()).rejects.toThrow("stopped");
  });
});

describe("the lister", () => {
  it("gets by reference and key, lists by namespace and label, and reads indexes", async () => {
    await using lab = await started({ indexes: { node: ({ spec }) => spec?.node } });
    const { lister } = lab.informer;
    expect(lister.get({ namespace: "default", name: "a" })?.metadata.uid).toBe("uid-1");
    expect(lister.get("default/none")).toBeUndefined();
    expect(names(lister.list())).toEqual(["a", "b"]);
    expect(names(lister.list({ namespace: "other" }))).toEqual(["b"]);
    expect(names(lister.list({ labelSelector: "app in (web,db)" }))).toEqual(["a"]);
    expect(names(lister.list({ labelSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] } }))).toEqual(["b"]);
    expect(names(lister.list({ namespace: "other", labelSelector: "app=web" }))).toEqual([]);
    expect(() => lister.list({ labelSelector: "app in web" })).toThrow(LabelSelectorError);
    expect(names(lister.byIndex("node", "n1"))).toEqual(["a", "b"]);
    expect(lister.keys()).toEqual(["default/a", "other/b"]);
    expect([lister.size, lister.version, lister.has("default/a")]).toEqual([2, "102", true]);
  });
});

describe("the health check", () => {
  it("fails until synced, with the reason; when stale; and once stopped", async () => {
    const lab = new Lab({ staleAfterMs: 150_000 });
    const health = lab.informer.healthCheck();
    lab.server.failNext("list", { type: "status", status: 403 });
    await lab.start();
    expect(health.check()).toBe("informer-widgets.example.com/v1 has not synced: request widgets: injected");
    await lab.advance(5_000);
    expect(health.check()).toBeUndefined();
    await lab.advance(3_600_000);
    expect(health.check()).toBeUndefined();
    lab.server.failAlways("list", { type: "hang" });
    lab.server.failAlways("watch", { type: "hang" });
    lab.server.muteStreams();
    await lab.advance(200_000);
    expect(health.check()).toMatch(/is stale: nothing was heard from the server for \d+ s: list widgets: nothing came for/);
    expect(lab.informer.isStale).toBe(true);
    await lab.stop();
    expect(health.check()).toBe("informer-widgets.example.com/v1 is stopped");
  });
});

describe("resync", () => {
  it("tells every object again, marked as such to key listeners", async () => {
    await using lab = new Lab({ resyncMs: 30_000 });
    lab.server.create("a");
    lab.witness.update = () => {};
    await lab.start();
    const same: boolean[] = [];
    const types: string[] = [];
    lab.informer.addEventHandler({ update: (old, object) => void same.push(old === object) });
    lab.informer.onKeys((_, { type }) => types.push(type));
    await lab.advance(90_000);
    expect(same).toEqual([true, true, true]);
    expect(types).toEqual(["add", "resync", "resync", "resync"]);
  });
});

describe("verify", () => {
  it("finds nothing when all is well, also while changes are on their way", async () => {
    await using lab = await started();
    lab.server.muteStreams();
    lab.server.update("a");
    const verifying = lab.informer.verify({ signal: new AbortController().signal, settleMs: 120_000 });
    await lab.advance(120_000);
    expect(await verifying).toEqual([]);
  });

  it("finds what is missing, different and left over", async () => {
    const lab = await started();
    lab.server.muteStreams();
    lab.server.update("a");
    lab.server.delete("b", "other");
    lab.server.create("c");
    const verifying = lab.informer.verify({ signal: new AbortController().signal, settleMs: 10 });
    await lab.advance(10);
    expect((await verifying).map(({ key, type }) => `${type} ${key}`)).toEqual([
      "different default/a",
      "missing default/c",
      "extra other/b",
    ]);
    await lab.stop();
  });
});

describe("an informer", () => {
  it("runs once", async () => {
    const lab = await started();
    const { signal } = new AbortController();
    await expect(lab.informer.run({ signal })).rejects.toThrow("already running");
    await lab.stop();
    await expect(lab.informer.run({ signal })).rejects.toThrow("stopped; make a new one");
  });

  it("stops at once when its signal is aborted already, and asks nothing", async () => {
    const lab = new Lab();
    await lab.informer.run({ signal: AbortSignal.abort() });
    expect(lab.server.requests).toEqual([]);
  });

  it("survives an onError that throws", async () => {
    await using lab = await started({
      onError: () => {
        throw new Error("reporter");
      },
    });
    lab.informer.addEventHandler({ add: () => Promise.reject(new Error("bad")) });
    lab.server.breakStreams();
    await lab.advance(10_000);
    expect(lab.informer.isSynced).toBe(true);
  });

  it("reports an index function that throws, and keeps the object", async () => {
    await using lab = await started({
      indexes: {
        bad: () => {
          throw new Error("no");
        },
      },
    });
    expect(lab.errors.map(String)).toEqual(["Error: no", "Error: no"]);
    expect(lab.informer.lister.size).toBe(2);
  });
});
