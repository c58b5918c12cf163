import { type Clock, sleep } from "@operatorkit/observe";
import { ConnectionReset } from "./connection-reset.ts";
import type { Step, StreamFaults } from "./stream-faults.ts";

export interface FaultyBodyOptions {
  readonly source: AsyncIterable<Uint8Array>;
  readonly faults: StreamFaults;
  readonly isWatch: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Ends what is held, not what merely flows: the server is closing. */
  readonly closed: AbortSignal;
  /** Called when it is read for the first time, and when it is over. */
  readonly onOpen: (body: FaultyBody) => void;
  readonly onClose: (body: FaultyBody) => void;
}

/**
 * A body with the faults that concern it, which may be added while it is open. Without any it hands on what it reads. It does nothing ahead of
 * its reader, and what it waits for ends with the request's signal, `return`, or `cut`.
 */
export class FaultyBody implements AsyncIterableIterator<Uint8Array> {
  readonly #options: FaultyBodyOptions;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #stop = new AbortController();
  #steps: readonly Step[] = [];
  #rest: Uint8Array = NOTHING;
  #state: "new" | "open" | "over" = "new";
  /** Why it breaks at the next chance. */
  #broken: ConnectionReset | undefined;

  constructor(options: FaultyBodyOptions) {
    this.#options = options;
    this.#source = options.source[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#state === "new") {
      this.#state = "open";
      this.#options.onOpen(this);
    }
    try {
      const bytes = this.#state === "over" ? undefined : await this.#nextBytes();
      if (this.#broken !== undefined) throw this.#broken;
      if (bytes !== undefined) return { done: false, value: bytes };
      await this.return();
      return { done: true, value: undefined };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (this.#state !== "over") {
      this.#state = "over";
      this.#options.onClose(this);
      this.#stop.abort();
      await this.#source.return?.();
    }
    return { done: true, value: undefined };
  }

  /** Breaks it now, also while its reader waits. */
  cut(reason: ConnectionReset): void {
    this.#broken = reason;
    void this.return();
  }

  async #nextBytes(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#broken !== undefined || this.#isLeft) return undefined;
      const [step, ...rest] = this.#steps;
      if (step === undefined) {
        if (!(await this.#read())) return undefined;
        continue;
      }
      this.#steps = rest;
      if (step.type === "bytes") return step.bytes;
      if (step.type === "end") return undefined;
      if (step.type === "reset") throw new ConnectionReset(step.what, step.scope);
      await this.#pause(step.type === "wait" ? step.ms : undefined);
    }
  }

  /** Fills the steps; false at the end. */
  async #read(): Promise<boolean> {
    const { faults, isWatch } = this.#options;
    if (isWatch) this.#steps = faults.before();
    if (this.#steps.length > 0) return true;
    const { done, value } = await this.#source.next();
    if (this.#isLeft) return false;
    if (isWatch && faults.isConcerned) return this.#readLines(done === true ? undefined : value);
    if (done === true) return false;
    this.#steps = isWatch || !faults.isConcerned ? [{ type: "bytes", bytes: value }] : faults.onPage(value);
    return true;
  }

  #readLines(value: Uint8Array | undefined): boolean {
    const { faults } = this.#options;
    if (value === undefined) {
      // A stream that has fallen silent does not end either.
      this.#steps = faults.before();
      return this.#steps.length > 0;
    }
    const { lines, rest } = linesOf(this.#rest.byteLength === 0 ? value : Buffer.concat([this.#rest, value]));
    this.#rest = rest;
    this.#steps = faults.onLines(lines);
    return true;
  }

  async #pause(ms: number | undefined): Promise<void> {
    const { clock, signal, closed } = this.#options;
    const until = AbortSignal.any([...(signal === undefined ? [] : [signal]), closed, this.#stop.signal]);
    try {
      if (ms === undefined) await untilAborted(until);
      else await sleep(ms, { clock, signal: until });
    } catch (error) {
      if (!this.#isLeft) throw error;
    }
  }

  get #isLeft(): boolean {
    return this.#stop.signal.aborted;
  }
}

/** Rejects with the signal's reason when it is aborted; never resolves. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

function linesOf(bytes: Uint8Array): { readonly lines: readonly Uint8Array[]; readonly rest: Uint8Array } {
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
    lines.push(bytes.subarray(from, end + 1));
    from = end + 1;
  }
  return { lines, rest: bytes.subarray(from) };
}

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array();
