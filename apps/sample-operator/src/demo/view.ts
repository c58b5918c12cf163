import type { Change } from "./change.ts";
import type { Memcached } from "../memcached.ts";

/** Shows what happens, as it happens. */
export interface View {
  changed(change: Change): void;
  /** All Memcacheds as they are now. */
  memcacheds(all: readonly Memcached[]): void;
  /** Puts away what the view holds: the cursor. */
  close(): void;
}

/** One plain line for each change: for pipes, files and CI. */
export function lineView(print: (line: string) => void, nowMs: () => number): View {
  const last = new Map<string, string>();
  return {
    changed({ subject, text }) {
      // A version of an object that says nothing new to a person is no line.
      if (last.get(subject) === text) return;
      if (text === "gone") last.delete(subject);
      else last.set(subject, text);
      print(`${new Date(nowMs()).toISOString().slice(11, 23)}  ${subject}: ${text}`);
    },
    memcacheds() {},
    close() {},
  };
}
