import { entryOf, type ListWatch, type WatchRequest } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { Informer } from "./informer.ts";
import { FakeServer, type Widget } from "./testing/fake-server.ts";
import { startedLab } from "./testing/lab.ts";
import { messageOf } from "./testing/message-of.ts";
import { recordingHandler } from "./testing/recording-handler.ts";

/** Every look at it takes a while, as it would with many objects. */
class SlowClock extends ManualClock {
  #looks = 0;
  override monotonicMs(): number {
    this.#looks += 1;
    return super.monotonicMs() + this.#looks * 5;
  }
}

describe("a handler", () => {
  it("that subscribes while a long first list is being taken over is told every object once, and the event loop has its turns", async () => {
    const clock = new SlowClock();
    const server = new FakeServer({ clock });
    for (let index = 0; index < 3_000; index += 1) server.create(`w-${index}`);
    const informer = new Informer({ listWatch: server, clock, pageSize: 5_000 });
    const early = recordingHandler();
    const late = recordingHandler();
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
    await using lab = await startedLab();
    const late = recordingHandler();
    const subscription = lab.informer.addEventHandler(late);
    lab.server.update("a");
    await lab.settle();
    expect(late.log).toEqual(["add a initial", "add b initial", "update a 101→103"]);
    await subscription.synced();
  });

  it("that is busy, but not waiting, is told every change of a flood, because reading waits for it", async () => {
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
    await using lab = await startedLab();
    const gate = Promise.withResolvers<void>();
    const slow = recordingHandler();
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
    await using lab = await startedLab();
    const other = recordingHandler();
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
    const lab = await startedLab({ logger, metrics, handlerAlarmMs: 5_000, stopGraceMs: 1_000 });
    const other = recordingHandler();
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
    await using lab = await startedLab();
    const handler = recordingHandler();
    const subscription = lab.informer.addEventHandler(handler);
    subscription.close();
    subscription.close();
    lab.server.update("a");
    await lab.settle();
    expect(handler.log).toEqual([]);
    await expect(subscription.synced()).rejects.toThrow("closed");
  });

  it("gets frozen objects", async () => {
    await using lab = await startedLab();
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
