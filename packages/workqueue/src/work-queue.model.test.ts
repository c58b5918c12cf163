import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WorkQueue } from "./work-queue.ts";

/**
 * A world of keys and workers around a real queue. It notes what must hold from what it sees alone, without knowing how
 * the queue works, and throws as soon as something does not.
 */
class World {
  readonly queue = new WorkQueue();
  readonly #workers: Worker[];
  /** Keys that were added and not handed out since: each is owed a turn. In the order they came to wait. */
  readonly #owed = new Set<string>();
  readonly #held = new Set<string>();
  /** What did not hold, first. */
  #broken: string | undefined;

  constructor(workers: number) {
    this.#workers = Array.from({ length: workers }, () => ({ state: "idle" }));
  }

  add(key: string): void {
    this.#owed.add(key);
    this.queue.add(key);
  }

  /** What the worker does next: an idle one takes, a busy one ends its turn, a waiting one gives up. */
  step(index: number): void {
    const worker = this.#workers[index];
    if (worker === undefined) throw new Error(`there is no worker ${index}`);
    if (worker.state === "idle") {
      const controller = new AbortController();
      worker.state = controller;
      this.queue.take({ signal: controller.signal }).then(
        (key) => this.#handedOut(worker, key),
        () => (worker.state = "idle"),
      );
    } else if (worker.state instanceof AbortController) {
      worker.state.abort();
    } else {
      this.#held.delete(worker.state.key);
      const { key } = worker.state;
      worker.state = "idle";
      // A key that was added during its turn comes to wait now, behind those that wait already.
      if (this.#owed.delete(key)) this.#owed.add(key);
      this.queue.done(key);
    }
  }

  check(): void {
    if (this.#broken !== undefined) throw new Error(this.#broken);
    const free = [...this.#owed].filter((key) => !this.#held.has(key));
    if (this.queue.running !== this.#held.size) throw new Error(`running: ${this.queue.running}, held: ${this.#held.size}`);
    if (this.queue.size !== free.length) throw new Error(`waiting: ${this.queue.size}, owed: ${free.join()}`);
    const waiters = this.#workers.filter((worker) => worker.state instanceof AbortController).length;
    if (free.length > 0 && waiters > 0) throw new Error(`${free.join()} waits although a worker does`);
  }

  /** Lets every worker end its turn and take until nothing is left: no key that was added may be lost. */
  async finish(): Promise<void> {
    for (let turns = 0; this.#owed.size > 0 || this.#held.size > 0; turns += 1) {
      if (turns > 1000) throw new Error(`never handed out: ${[...this.#owed].join()}`);
      for (let i = 0; i < this.#workers.length; i += 1) if (!(this.#workers[i]?.state instanceof AbortController)) this.step(i);
      await settle();
      this.check();
    }
  }

  #handedOut(worker: Worker, key: string | undefined): void {
    if (key === undefined) {
      this.#broken ??= "a taker was sent away although the queue is not shut down";
      return;
    }
    if (this.#held.has(key)) this.#broken ??= `two workers have ${key}`;
    const first = [...this.#owed].find((owed) => !this.#held.has(owed));
    if (first !== key) this.#broken ??= `handed out ${key}, next in line is ${first}`;
    this.#owed.delete(key);
    this.#held.add(key);
    worker.state = { key };
  }
}

interface Worker {
  state: "idle" | AbortController | { readonly key: string };
}

/** Two turns of the microtask queue: a take and what follows it. */
async function settle(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}

const KEYS = ["a", "b", "c"];
const WORKERS = 2;
const STEPS = 8;

describe("WorkQueue, model-checked", () => {
  it("keeps its promises in every interleaving of 3 keys, 2 workers and 8 steps", { timeout: 120_000 }, async () => {
    const choices = KEYS.length + WORKERS;
    let count = 0;
    for (let path = 0; path < choices ** STEPS; path += 1) {
      // Keys, and workers, are alike: paths that differ in their names alone are one.
      if (!isFirstOfItsKind(path)) continue;
      const world = new World(WORKERS);
      for (let rest = path, step = 0; step < STEPS; step += 1, rest = Math.floor(rest / choices)) {
        const choice = rest % choices;
        if (choice < KEYS.length) world.add(KEYS[choice] ?? "");
        else world.step(choice - KEYS.length);
        await settle();
        world.check();
      }
      await world.finish();
      count += 1;
    }
    console.log(`work queue: ${count} interleavings, standing for ${choices ** STEPS}`);
    expect(count).toBeGreaterThan(30_000);
  });

  it("keeps its promises with many keys and workers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(), { maxLength: 400, size: "max" }), async (workers, steps) => {
        const world = new World(workers);
        for (const step of steps) {
          if (step % 2 === 0) world.add(`key-${step % 40}`);
          else world.step(step % workers);
          await settle();
          world.check();
        }
        await world.finish();
        expect([world.queue.size, world.queue.running]).toEqual([0, 0]);
      }),
      { numRuns: 200 },
    );
  });
});

/** True when keys, and workers, appear in the order of their numbers. */
function isFirstOfItsKind(path: number): boolean {
  const choices = KEYS.length + WORKERS;
  let nextKey = 0;
  let nextWorker = KEYS.length;
  for (let rest = path, step = 0; step < STEPS; step += 1, rest = Math.floor(rest / choices)) {
    const choice = rest % choices;
    if (choice < KEYS.length) {
      if (choice > nextKey) return false;
      if (choice === nextKey) nextKey += 1;
    } else {
      if (choice > nextWorker) return false;
      if (choice === nextWorker) nextWorker += 1;
    }
  }
  return true;
}
