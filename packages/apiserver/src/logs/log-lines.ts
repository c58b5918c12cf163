/** One line of a container's log. */
export interface LogLine {
  readonly timeMs: number;
  /** Without its end. */
  readonly text: string;
}

/** What a container's run has logged may be read back up to this; the oldest lines go first. A kubelet keeps 10 MiB in each of 5 files. */
const MAX_BYTES = 1024 * 1024;
/** Forgotten in portions of this, so that not every line moves all others. */
const SLACK_BYTES = 256 * 1024;
/** What a line takes besides its text, about. */
const LINE_BYTES = 64;

/** The log of one run of a container: bounded, readable from any place that is still there. */
export class LogLines {
  readonly #listeners = new Set<() => void>();
  #lines: LogLine[] = [];
  #bytes = 0;
  /** How many lines went before the first one kept. */
  #start = 0;
  #isClosed = false;

  /** The place after the newest line. */
  get end(): number {
    return this.#start + this.#lines.length;
  }

  append(line: LogLine): void {
    this.#lines.push(line);
    this.#bytes += costOf(line);
    if (this.#bytes > MAX_BYTES + SLACK_BYTES) this.#forget();
    this.#wake();
  }

  /** The run is over: nothing is added any more. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #forget(): void {
    let gone = 0;
    while (this.#bytes > MAX_BYTES && gone < this.#lines.length - 1) {
      this.#bytes -= costOf(this.#lines[gone] as LogLine);
      gone += 1;
    }
    this.#lines = this.#lines.slice(gone);
    this.#start += gone;
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The lines from a place on, or from the oldest one kept; undefined where there is none yet. */
  at(place: number): LogLine | undefined {
    return this.#lines[Math.max(0, place - this.#start)];
  }

  /** The oldest place that is still there, from `place` on. */
  placeFrom(place: number): number {
    return Math.max(place, this.#start);
  }

  /** Calls back after every line and at the end until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function costOf({ text }: LogLine): number {
  return text.length * 2 + LINE_BYTES;
}
