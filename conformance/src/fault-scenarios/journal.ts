import type { Seen, Told } from "./subject.ts";

export interface JournalOptions {
  /** The server itself goes back, so what is told may too. */
  readonly mayGoBack?: boolean;
  /** An object may be told again after its deletion: it left a selector, and came back. */
  readonly mayReturn?: boolean;
  /** The subject promises to tell each state of an object once. */
  readonly tellsOnce?: boolean;
}

/** Checks what a subject tells, as it tells it. */
export class Journal implements Told {
  readonly #live = new Map<string, Seen>();
  readonly #newest = new Map<string, string>();
  readonly #gone = new Map<string, string>();
  readonly #options: JournalOptions;
  readonly problems: string[] = [];
  readonly lines: string[] = [];

  constructor(options: JournalOptions = {}) {
    this.#options = options;
  }

  added(object: Seen): void {
    this.#present("add", object);
  }

  updated(object: Seen): void {
    const known = this.#live.get(object.name);
    if (known !== undefined && known.uid !== object.uid) this.#problem("another uid told as an update", object);
    this.#present("update", object);
  }

  deleted(object: Seen): void {
    this.lines.push(`delete ${object.name} ${object.version}`);
    if (this.#gone.has(object.uid)) this.#problem("a deletion told twice", object);
    if (this.#live.get(object.name)?.uid !== object.uid) this.#problem("a deletion of what was not told", object);
    else this.#live.delete(object.name);
    this.#gone.set(object.uid, object.version);
  }

  /** What the user believes to be there. */
  get live(): ReadonlyMap<string, Seen> {
    return this.#live;
  }

  #present(what: string, object: Seen): void {
    const { uid, name, version } = object;
    this.lines.push(`${what} ${name} ${version}`);
    const newest = this.#newest.get(uid);
    const { mayGoBack = false, mayReturn = false, tellsOnce = false } = this.#options;
    if (newest !== undefined && isOlder(version, newest) && !mayGoBack) this.#problem(`went back from version ${newest}`, object);
    if (this.#gone.has(uid) && !mayGoBack && !mayReturn) this.#problem("told after its deletion", object);
    const known = this.#live.get(name);
    if (tellsOnce && known?.uid === uid && known.version === version) this.#problem("told twice", object);
    if (what === "add" && known !== undefined && known.uid !== uid) this.#problem("re-created without a deletion", object);
    this.#gone.delete(uid);
    this.#newest.set(uid, version);
    this.#live.set(name, object);
  }

  #problem(what: string, { name, version }: Seen): void {
    this.problems.push(`${what}: ${name} at version ${version}`);
  }
}

/** Versions are decimal numbers of any length. */
export function isOlder(version: string, than: string): boolean {
  return BigInt(version) < BigInt(than);
}
