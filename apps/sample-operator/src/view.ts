import type { Change } from "./change.ts";
import type { Memcached } from "./memcached.ts";

/** Shows what happens, as it happens. */
export interface View {
  /** A line of its own. */
  say(line: string): void;
  changed(change: Change): void;
  /** All Memcacheds as they are now. */
  memcacheds(all: readonly Memcached[]): void;
  /** Puts away what the view holds (a timer, the cursor). */
  close(): void;
}

/** One plain line for each change: for pipes, files and CI. */
export function lineView(write: (text: string) => void, nowMs: () => number): View {
  const last = new Map<string, string>();
  return {
    say: (line) => write(`${line}\n`),
    changed({ subject, text }) {
      // A version of an object that says nothing new to a person is no line.
      if (last.get(subject) === text) return;
      if (text === "gone") last.delete(subject);
      else last.set(subject, text);
      write(`${new Date(nowMs()).toISOString().slice(11, 23)}  ${subject}: ${text}\n`);
    },
    memcacheds() {},
    close() {},
  };
}
