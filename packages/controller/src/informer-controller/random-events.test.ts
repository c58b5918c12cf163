import type { KubernetesObject } from "@operatorkit/object";
import { backoffRetryPolicy, constantBackoff } from "@operatorkit/retry";
import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from "fast-check";
import { expect, it } from "vitest";
import { Stage, thing } from "./testing/stage.ts";

interface Step {
  readonly what: "create" | "change" | "touch" | "delete" | "resync" | "wait";
  readonly name: string;
  readonly ms: number;
}

/** The objects of a pretended server, and the events of what happens to them, in order. */
class Source {
  readonly objects: Map<string, KubernetesObject> = new Map();
  readonly #stage: Stage;
  #version = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  do({ what, name }: Step): void {
    const { informer } = this.#stage;
    const old = this.objects.get(name);
    this.#version += 1;
    const resourceVersion = String(this.#version);
    if (what === "create" && old === undefined) {
      const created = thing(name, { uid: `uid-${resourceVersion}`, resourceVersion });
      this.objects.set(name, created);
      void informer.add(created);
    }
    if (old === undefined) return;
    const { generation = 1 } = old.metadata;
    if (what === "change" || what === "touch") {
      const changed = thing(name, { ...old.metadata, resourceVersion, generation: generation + (what === "change" ? 1 : 0) });
      this.objects.set(name, changed);
      void informer.update(old, changed);
    }
    if (what === "resync") void informer.update(old, old);
    if (what === "delete") {
      this.objects.delete(name);
      void informer.delete(old);
    }
  }
}

/** How calls go: each takes so long and succeeds or not, by turns, until all is calm. */
interface Fate {
  readonly outcomes: readonly boolean[];
  readonly durations: readonly number[];
}

/** What several watchers were told, and what of it they handled. Checks at every call what they are promised. */
class Audience {
  /** `uid`s each watcher was told to be there. */
  readonly told: Set<string>[] = [];
  /** `uid@version` each watcher handled, and `uid gone`. */
  readonly handled: Set<string>[] = [];
  readonly violations: string[] = [];
  isCalm = false;
  readonly #stage: Stage;
  readonly #fate: Fate;
  readonly #busy = new Set<string>();
  #calls = 0;

  constructor(stage: Stage, fate: Fate) {
    this.#stage = stage;
    this.#fate = fate;
  }

  join(): void {
    const told = new Set<string>();
    const handled = new Set<string>();
    const latest = new Map<string, number>();
    this.told.push(told);
    this.handled.push(handled);
    this.#stage.recorder(async ({ call, key, version, attempt }, { metadata: { uid = "" } }) => {
      if (this.#busy.has(key)) this.violations.push(`${call} of ${key} beside another call`);
      if (attempt === 0 && Number(version) < (latest.get(key) ?? 0)) this.violations.push(`${call} of ${key}@${version} out of order`);
      if (attempt === 0) latest.set(key, Number(version));
      told.add(uid);
      this.#busy.add(key);
      await this.#suffer();
      this.#busy.delete(key);
      if (this.#fails()) throw new Error("failed");
      handled.add(call === "delete" ? `${uid} gone` : `${uid}@${version}`);
    });
  }

  async #suffer(): Promise<void> {
    this.#calls += 1;
    const { durations } = this.#fate;
    const ms = this.isCalm ? 0 : (durations[this.#calls % durations.length] ?? 0);
    if (ms > 0) await new Promise<void>((resolve) => void this.#stage.clock.setTimer(ms, resolve));
  }

  #fails(): boolean {
    const { outcomes } = this.#fate;
    return !this.isCalm && outcomes[this.#calls % outcomes.length] === false;
  }
}

it("whatever happens and fails: one call per object at a time, events in order, and in the end every watcher has handled the last state", async () => {
  const step = record<Step>({
    what: constantFrom("create", "create", "change", "change", "touch", "delete", "resync", "wait", "wait", "wait", "wait"),
    name: constantFrom("a", "b", "c"),
    ms: integer({ min: 0, max: 400 }),
  });
  const plan = record({
    steps: array(step, { minLength: 20, maxLength: 80, size: "max" }),
    outcomes: array(boolean(), { minLength: 1, maxLength: 20 }),
    durations: array(constantFrom(0, 0, 10, 120), { minLength: 1, maxLength: 10 }),
    concurrency: integer({ min: 1, max: 3 }),
    everyEvent: boolean(),
  });
  let retries = 0;
  let deletions = 0;
  await assert(
    asyncProperty(plan, async ({ steps, concurrency, everyEvent, ...fate }) => {
      await using stage = new Stage({
        concurrency,
        compatibility: { everyEvent },
        retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(100) }),
      });
      const source = new Source(stage);
      const audience = new Audience(stage, fate);
      audience.join();
      audience.join();
      await stage.start();
      for (const one of steps) {
        source.do(one);
        if (one.what === "wait") await stage.advance(one.ms);
      }
      audience.isCalm = true;
      await stage.advance(20_000);
      retries += stage.failures.filter(({ attempt }) => attempt > 0).length;
      expect(audience.violations).toEqual([]);
      expect(stage.clock.pendingTimers).toBe(0);
      const live = new Set<string>();
      for (const [index, handled] of audience.handled.entries()) {
        for (const { metadata } of source.objects.values()) {
          live.add(metadata.uid ?? "");
          expect(handled).toContain(`${metadata.uid}@${metadata.resourceVersion}`);
        }
        for (const uid of audience.told[index] ?? []) {
          if (live.has(uid)) continue;
          deletions += 1;
          expect(handled).toContain(`${uid} gone`);
        }
      }
    }),
    { numRuns: 100 },
  );
  // The plans did what they are for.
  expect(retries).toBeGreaterThan(50);
  expect(deletions).toBeGreaterThan(50);
});
