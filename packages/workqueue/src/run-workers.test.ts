import { describe, expect, it } from "vitest";
import { runWorkers } from "./run-workers.ts";
import { WorkQueue } from "./work-queue.ts";

describe("runWorkers", () => {
  it("gives turns until its signal is aborted, and waits for those that run", async () => {
    const queue = new WorkQueue();
    const controller = new AbortController();
    const gate = Promise.withResolvers<void>();
    const turns: string[] = [];
    for (const key of ["a", "b", "c"]) queue.add(key);
    let ended = false;
    const end = runWorkers(queue, {
      concurrency: 2,
      signal: controller.signal,
      async turn(key) {
        turns.push(key);
        await gate.promise;
        queue.done(key);
      },
    }).then(() => (ended = true));
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect([turns, ended]).toEqual([["a", "b"], false]);
    gate.resolve();
    await end;
    expect([turns, queue.size, queue.running]).toEqual([["a", "b"], 1, 0]);
  });

  it("takes the next key at once where a turn is over when it returns", async () => {
    const queue = new WorkQueue();
    const controller = new AbortController();
    const turns: string[] = [];
    for (const key of ["a", "b", "c"]) queue.add(key);
    const end = runWorkers(queue, {
      concurrency: 1,
      signal: controller.signal,
      turn(key) {
        turns.push(key);
        queue.done(key);
      },
    });
    expect(turns).toEqual(["a", "b", "c"]);
    controller.abort();
    await end;
  });

  it("ends when the queue is shut down and drained", async () => {
    const queue = new WorkQueue();
    const turns: string[] = [];
    for (const key of ["a", "b"]) queue.add(key);
    void queue.shutDown({ drain: true });
    await runWorkers(queue, {
      concurrency: 3,
      signal: new AbortController().signal,
      async turn(key) {
        turns.push(key);
        queue.done(key);
      },
    });
    expect(turns).toEqual(["a", "b"]);
  });

  it("stops the other workers when a turn rejects, which it must not, and rejects with that", async () => {
    const queue = new WorkQueue();
    queue.add("a");
    await expect(
      runWorkers(queue, {
        concurrency: 2,
        signal: new AbortController().signal,
        turn: () => Promise.reject(new Error("a mistake in turn")),
      }),
    ).rejects.toThrow("a mistake in turn");
  });
});
