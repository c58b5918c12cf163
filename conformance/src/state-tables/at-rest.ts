import type { ManualClock } from "@operatorkit/observe/testing";
import { sleep } from "operatorkit";
import type { StagedObject } from "./staged-object.ts";
import type { Told } from "./told.ts";
import type { WorkMeter } from "./work-meter.ts";
import type { Widget } from "./widget.ts";

const LONGEST_MS = 60_000;
const LOOK_EVERY_MS = 20;
const A_WHILE_MS = 200;

export interface AtRestOptions {
  readonly object: StagedObject;
  readonly told: Told;
  readonly meter: WorkMeter;
  /** The local copy that must have caught up with the server; `undefined` where nobody keeps it up to date. */
  readonly copy: LocalCopy | undefined;
  readonly signal: AbortSignal;
}

export interface LocalCopy {
  /** The version that it shows. */
  readonly seen: () => string | undefined;
  /** Whether it is to show this object. */
  readonly shows: (object: Widget) => boolean;
  /** Where requests that failed wait to be tried again. */
  readonly clock: ManualClock;
}

/**
 * Waits until nothing waits and nothing runs but what is held, and the copy has caught up with the server: whatever was going to happen has
 * happened, but for what virtual time brings. Nothing but what is observed here writes to the object meanwhile.
 *
 * @throws {Error} with what is still going on after a minute.
 */
export async function atRest(options: AtRestOptions): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  for (let reason = await disquiet(options); reason !== undefined; reason = await disquiet(options)) {
    if (performance.now() > deadline) throw new Error(`it does not come to rest: ${reason}`);
    await sleep(LOOK_EVERY_MS, { signal: options.signal });
  }
}

/** Waits for what waits for virtual time, now and then: requests that failed are tried again. @throws {Error} after a minute. */
export async function within<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const deadline = performance.now() + LONGEST_MS;
  const over = promise.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([over, sleep(LOOK_EVERY_MS)]))) {
    if (performance.now() > deadline) throw new Error("what was waited for did not come");
    await clock.advance(A_WHILE_MS);
  }
  return promise;
}

/** Lets everything happen that waits for nothing outside the process. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function disquiet({ object, told, meter, copy }: AtRestOptions): Promise<string | undefined> {
  const activity = (): string => [meter.taken, told.count].join();
  const before = activity();
  const { waiting, running } = meter;
  if (waiting > 0 || running !== told.held) return `${waiting} wait, ${running} run, ${told.held} are held`;
  const live = await object.live();
  await turns();
  const expected = live !== undefined && copy?.shows(live) === true ? live.metadata.resourceVersion : undefined;
  const seen = copy?.seen();
  if (seen !== expected) {
    await copy?.clock.advance(A_WHILE_MS);
    return `the copy shows ${seen}, the server ${expected}`;
  }
  await turns();
  return before === activity() && meter.waiting === 0 && meter.running === told.held ? undefined : "something has just happened";
}

/** `end`, and the timers that are left behind. */
export function withTimers(end: string, ...clocks: readonly ManualClock[]): string {
  const timers = clocks.reduce((sum, { pendingTimers }) => sum + pendingTimers, 0);
  return timers === 0 ? end : `${end}, ${timers} timers left`;
}
