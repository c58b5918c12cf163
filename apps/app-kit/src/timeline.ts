import { sleep, type Clock } from "operatorkit";

/** One step of a story: what was done, and how long until it had its effect. */
export interface TimelineEntry {
  readonly step: string;
  readonly durationMs: number;
}

/** A step did not have its effect in time. The message names the step, what it waited for, and what it saw last. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly code = "StepFailed";
}

export interface TimelineOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long each step may take. */
  readonly deadlineMs: number;
  readonly report: (line: string) => void;
}

export interface WaitOptions<T> {
  /** What is waited for, as the end of "waited for …". */
  readonly what: string;
  readonly look: () => Promise<T>;
  readonly until: (seen: T) => boolean;
  /** Puts what was seen last into words. */
  readonly describe: (seen: T) => string;
}

/** Runs the steps of a story one after the other, each with a deadline, and remembers how long each took. */
export class Timeline {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #deadlineMs: number;
  readonly #report: (line: string) => void;
  readonly #entries: TimelineEntry[] = [];
  #stepStartedMs = 0;
  #step = "";

  constructor({ clock, signal, deadlineMs, report }: TimelineOptions) {
    this.#clock = clock;
    this.#signal = signal;
    this.#deadlineMs = deadlineMs;
    this.#report = report;
  }

  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  /** Runs one step. What it throws fails the story. */
  async step(name: string, run: () => Promise<void>): Promise<void> {
    this.#step = name;
    this.#stepStartedMs = this.#clock.monotonicMs();
    await run();
    const durationMs = this.#clock.monotonicMs() - this.#stepStartedMs;
    this.#entries.push({ step: name, durationMs });
    this.#report(`✓ ${name} (${seconds(durationMs)})`);
  }

  /** Looks until what is seen is as it should be; throws a `StepError` at the step's deadline. */
  async waitFor<T>({ what, look, until, describe }: WaitOptions<T>): Promise<T> {
    for (;;) {
      this.#signal.throwIfAborted();
      const seen = await look();
      if (until(seen)) return seen;
      if (this.#clock.monotonicMs() - this.#stepStartedMs > this.#deadlineMs) {
        throw new StepError(`${this.#step}: waited ${seconds(this.#deadlineMs)} for ${what}; last seen: ${describe(seen)}`);
      }
      await sleep(LOOK_EVERY_MS, { clock: this.#clock, signal: this.#signal });
    }
  }

  /** The steps with their durations, as a table. */
  render(): string {
    const width = Math.max(...this.#entries.map(({ step }) => step.length), 0);
    const lines = this.#entries.map(
      ({ step, durationMs }, i) => `${String(i + 1).padStart(3)}  ${step.padEnd(width)}  ${seconds(durationMs).padStart(8)}`,
    );
    const total = this.#entries.reduce((sum, { durationMs }) => sum + durationMs, 0);
    return [...lines, `     ${"in all".padEnd(width)}  ${seconds(total).padStart(8)}`].join("\n");
  }
}

const LOOK_EVERY_MS = 20;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
