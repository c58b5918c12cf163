import type { KubernetesObject, ResourceAction } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { array, assert, asyncProperty, constantFrom, integer, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryQueue, type Retry, type RetryQueueOptions } from "./retry-queue.ts";
import { dropAllRetries } from "./retry-dequeue-policy.ts";

function objectOf(generation?: number, uid = "A", resourceVersion = "1"): KubernetesObject {
  const metadata = { name: "x", namespace: "n", uid, resourceVersion };
  return { apiVersion: "v1", kind: "Thing", metadata: generation === undefined ? metadata : { ...metadata, generation } };
}

function retryOf(
  job: string,
  { key = "k", action = "UPDATE", object = objectOf(1), attempt = 1 }: Partial<Retry<string>> = {},
): Retry<string> {
  return { key, action, object, attempt, job, error: new Error(job) };
}

/** A queue, and what it reported due: `job@ms`. */
function world(options: Partial<RetryQueueOptions<string>> = {}): {
  clock: ManualClock;
  queue: RetryQueue<string>;
  log: string[];
  due: Retry<string>[];
} {
  const clock = new ManualClock();
  const log: string[] = [];
  const due: Retry<string>[] = [];
  const queue = new RetryQueue<string>({
    clock,
    onDue: (retries) => {
      due.push(...retries);
      log.push(...retries.map(({ job }) => `${job}@${clock.monotonicMs()}`));
    },
    ...options,
  });
  return { clock, queue, log, due };
}

function only(due: readonly Retry<string>[]): Retry<string> {
  expect(due).toHaveLength(1);
  return due[0] as Retry<string>;
}

describe("when", () => {
  it("reports each retry once, when its delay is over and not before", async () => {
    const { clock, queue, log } = world();
    queue.add(retryOf("late", { key: "a" }), 300);
    queue.add(retryOf("soon", { key: "b" }), 100);
    await clock.advance(99);
    expect(log).toEqual([]);
    await clock.advance(1000);
    expect(log).toEqual(["soon@100", "late@300"]);
  });

  it("rounds due times up to ticks, when there are any", async () => {
    const { clock, queue, log } = world({ tickMs: 1000 });
    await clock.advance(500);
    queue.add(retryOf("a", { key: "a" }), 100);
    queue.add(retryOf("b", { key: "b" }), 500);
    queue.add(retryOf("c", { key: "c" }), 501);
    await clock.advance(5000);
    expect(log).toEqual(["a@1000", "b@1000", "c@2000"]);
  });

  it.each([
    [{ onDue: undefined }, "onDue: is missing, and must be a function"],
    [{ dequeuePolicy: "dropAll" }, 'dequeuePolicy: "dropAll" must be a function'],
    [{ onPolicyError: 1 }, "onPolicyError: 1 must be a function"],
    [{ merge: {} }, "merge: an object must be a function"],
  ])("refuses %j, which could not be called", (bad, message) => {
    expect(() => new RetryQueue({ onDue: () => {}, ...bad } as never)).toThrow(`RetryQueue: ${message}`);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses ticks of %s ms", (tickMs) => {
    expect(() => world({ tickMs })).toThrow(`RetryQueue: tickMs: ${tickMs} must be a finite number, 0 or more`);
  });

  it("reports a requeued retry again, with what changed", async () => {
    const { clock, queue, due } = world();
    queue.add(retryOf("a"), 100);
    await clock.advance(100);
    const retry = only(due);
    expect(queue.begin(retry)).toBe(true);
    const error = new Error("again");
    expect(queue.requeue(retry, { error, delayMs: 50, attempt: 2, job: "b" })).toBe(true);
    await clock.advance(50);
    expect(due[1]).toMatchObject({ attempt: 2, job: "b", error });
  });
});

describe("a new event", () => {
  it("drops what its policy drops, of its key alone", async () => {
    const { clock, queue, log } = world();
    queue.add(retryOf("stale"), 100);
    queue.add(retryOf("created", { action: "CREATE" }), 100);
    queue.add(retryOf("other", { key: "other" }), 100);
    expect(queue.dequeue("k", { action: "UPDATE", object: objectOf(2) })).toBe(1);
    await clock.advance(100);
    expect(log).toEqual(["created@100", "other@100"]);
  });

  it("drops what is due and has not begun", async () => {
    const { clock, queue, due } = world({ dequeuePolicy: dropAllRetries });
    queue.add(retryOf("a"), 100);
    await clock.advance(100);
    queue.dequeue("k", { action: "UPDATE", object: objectOf(1) });
    expect(queue.begin(only(due))).toBe(false);
  });

  it("that comes while a retry runs keeps it from being put back over it, by the policy", async () => {
    const { clock, queue, due } = world();
    queue.add(retryOf("a"), 100);
    await clock.advance(100);
    const retry = only(due);
    queue.begin(retry);
    expect(queue.dequeue("k", { action: "UPDATE", object: objectOf(2) })).toBe(0);
    expect(queue.requeue(retry, { error: new Error("late"), delayMs: 1 })).toBe(false);
    expect([queue.size, queue.keys, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it("that a running retry survives does not end it", async () => {
    const { clock, queue, due } = world();
    queue.add(retryOf("a"), 100);
    await clock.advance(100);
    const retry = only(due);
    queue.begin(retry);
    queue.dequeue("k", { action: "UPDATE", object: objectOf(1) });
    expect(queue.requeue(retry, { error: new Error("late"), delayMs: 1 })).toBe(true);
    expect(queue.size).toBe(1);
  });

  it("keeps a retry whose policy throws, and tells of it", () => {
    const errors: unknown[] = [];
    const { queue } = world({
      dequeuePolicy: () => {
        throw new Error("policy");
      },
      onPolicyError: (error) => errors.push(error),
    });
    queue.add(retryOf("a"), 100);
    expect([queue.dequeue("k", { action: "DELETE", object: undefined }), queue.size]).toEqual([0, 1]);
    expect(errors).toEqual([new Error("policy")]);
    queue.clear();
  });

  it("gives the policy the error that the latest failure left", async () => {
    const seen: unknown[] = [];
    const { clock, queue, due } = world({
      dequeuePolicy: (_event, { error }) => {
        seen.push((error as Error).message);
        return true;
      },
    });
    queue.add(retryOf("first"), 100);
    await clock.advance(100);
    const retry = only(due);
    queue.begin(retry);
    queue.requeue(retry, { error: new Error("second"), delayMs: 100 });
    queue.dequeue("k", { action: "DELETE", object: undefined });
    expect(seen).toEqual(["second"]);
  });
});

describe("the same again", () => {
  it("is coalesced: the later job and error, the higher attempt, the due time there was", async () => {
    const { clock, queue, due, log } = world({ merge: (earlier, later) => `${earlier}+${later}` });
    queue.add(retryOf("a", { attempt: 3 }), 100);
    expect(queue.add(retryOf("b", { attempt: 1 }), 5)).toBe(false);
    await clock.advance(1000);
    expect(log).toEqual(["a+b@100"]);
    expect(only(due)).toMatchObject({ attempt: 3, error: new Error("b") });
  });

  it("is about the object as it was seen last", async () => {
    const { clock, queue, due } = world();
    queue.add(retryOf("a"), 100);
    queue.add(retryOf("b", { object: objectOf(1, "A", "2") }), 100);
    await clock.advance(100);
    expect(only(due).object?.metadata.resourceVersion).toBe("2");
  });

  it.each<[string, Partial<Retry<string>>]>([
    ["another action", { action: "CREATE" }],
    ["another generation", { object: objectOf(2) }],
    ["another uid", { object: objectOf(1, "B") }],
    ["another key", { key: "other" }],
  ])("is not: %s", (_title, different) => {
    const { queue } = world();
    queue.add(retryOf("a"), 100);
    expect(queue.add(retryOf("b", different), 100)).toBe(true);
    expect(queue.size).toBe(2);
    queue.clear();
  });

  it("is told by the resource version where nothing counts generations", () => {
    const { queue } = world();
    queue.add(retryOf("a", { object: objectOf(undefined, "A", "7") }), 100);
    expect(queue.add(retryOf("b", { object: objectOf(undefined, "A", "7") }), 100)).toBe(false);
    expect(queue.add(retryOf("c", { object: objectOf(undefined, "A", "8") }), 100)).toBe(true);
    queue.clear();
  });

  it("that failed anew while a retry ran takes that retry in", async () => {
    const { clock, queue, due } = world();
    queue.add(retryOf("a", { attempt: 4 }), 100);
    await clock.advance(100);
    const retry = only(due);
    queue.begin(retry);
    queue.add(retryOf("b"), 10);
    expect(queue.requeue(retry, { error: new Error("a"), delayMs: 1, attempt: 5 })).toBe(true);
    expect(queue.size).toBe(1);
    await clock.advance(10);
    expect(due[1]).toMatchObject({ job: "b", attempt: 5 });
    const again = due[1] as Retry<string>;
    queue.begin(again);
    queue.add(retryOf("c", { attempt: 9 }), 10);
    queue.requeue(again, { error: new Error("b"), delayMs: 1 });
    await clock.advance(10);
    expect(due[2]).toMatchObject({ job: "c", attempt: 9 });
  });
});

describe("dropping", () => {
  it("takes what matches, and what of it runs is not put back", async () => {
    const { clock, queue, due } = world();
    queue.add(retryOf("mine", { key: "a" }), 10);
    queue.add(retryOf("mine", { key: "b" }), 100);
    queue.add(retryOf("other", { key: "c" }), 100);
    await clock.advance(10);
    const retry = only(due);
    queue.begin(retry);
    expect(queue.drop(({ job }) => job === "mine")).toBe(1);
    expect(queue.requeue(retry, { error: new Error("x"), delayMs: 1 })).toBe(false);
    await clock.advance(100);
    expect(due.map(({ job }) => job)).toEqual(["mine", "other"]);
  });

  it("everything leaves no timer", () => {
    const { clock, queue } = world();
    queue.add(retryOf("a"), 100);
    queue.clear();
    expect([queue.size, queue.keys, clock.pendingTimers]).toEqual([0, 0, 0]);
  });
});

it("a retry cannot begin twice, nor end or go back before it began", async () => {
  const { clock, queue, due } = world();
  queue.add(retryOf("a"), 1);
  await clock.advance(1);
  const retry = only(due);
  queue.end(retry);
  expect(queue.requeue(retry, { error: undefined, delayMs: 1 })).toBe(false);
  expect([queue.begin(retry), queue.begin(retry)]).toEqual([true, false]);
  queue.end(retry);
  expect([queue.begin(retry), queue.keys]).toEqual([false, 0]);
});

it("a retry that begins before it is due again is not reported besides", async () => {
  const { clock, queue, due, log } = world();
  queue.add(retryOf("a"), 1);
  await clock.advance(1);
  const retry = only(due);
  queue.begin(retry);
  queue.requeue(retry, { error: undefined, delayMs: 100 });
  expect(queue.begin(retry)).toBe(true);
  await clock.advance(1000);
  expect(log).toEqual(["a@1"]);
  queue.end(retry);
  expect(queue.keys).toBe(0);
});

it("whatever happens, every retry is due exactly once per wait, or dropped, and nothing is left behind", async () => {
  const step = record({
    op: constantFrom("add", "event", "advance", "drop"),
    key: constantFrom("a", "b"),
    action: constantFrom<ResourceAction>("CREATE", "UPDATE", "DELETE"),
    generation: integer({ min: 1, max: 2 }),
    ms: integer({ min: 0, max: 30 }),
    fails: integer({ min: 0, max: 2 }),
  });
  await assert(
    asyncProperty(array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const { clock, queue, due } = world();
      let runs = 0;
      const runDue = (fails: number): void => {
        for (const retry of due.splice(0)) {
          if (!queue.begin(retry)) continue;
          runs += 1;
          expect(runs).toBeLessThan(1000);
          if (retry.attempt <= fails) queue.requeue(retry, { error: "x", delayMs: 5, attempt: retry.attempt + 1 });
          else queue.end(retry);
        }
      };
      for (const { op, key, action, generation, ms, fails } of steps) {
        if (op === "add") queue.add(retryOf(key, { key, action, object: objectOf(generation) }), ms);
        if (op === "event") queue.dequeue(key, { action, object: objectOf(generation) });
        if (op === "drop") queue.drop((retry) => retry.key === key);
        if (op === "advance") {
          await clock.advance(ms);
          runDue(fails);
        }
        // Six states a key can fail in: three actions, two generations.
        expect(queue.keySize(key)).toBeLessThanOrEqual(6);
      }
      for (let i = 0; i < 4; i += 1) {
        await clock.advance(100);
        runDue(0);
      }
      expect([queue.size, queue.keys, clock.pendingTimers]).toEqual([0, 0, 0]);
    }),
    { numRuns: 60 },
  );
});
