import type { Seen, Told } from "./subject.ts";

/** Checks what a subject tells, as it tells it. */
export class Journal implements Told {
  readonly #live = new Map<string, Seen>();
  readonly #newest = new Map<string, string>();
  readonly #gone = new Map<string, string>();
  readonly #mayGoBack: () => boolean;
  readonly problems: string[] = [];
  readonly lines: string[] = [];

  constructor(mayGoBack: () => boolean) {
    this.#mayGoBack = mayGoBack;
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
    if (newest !== undefined && Number(version) < Number(newest) && !this.#mayGoBack())
      this.#problem(`went back from version ${newest}`, object);
    if (this.#gone.has(uid) && !this.#mayGoBack()) this.#problem("told after its deletion", object);
    const known = this.#live.get(name);
    if (what === "add" && known !== undefined && known.uid !== uid) this.#problem("re-created without a deletion", object);
    this.#gone.delete(uid);
    this.#newest.set(uid, version);
    this.#live.set(name, object);
  }

  #problem(what: string, { name, version }: Seen): void {
    this.problems.push(`${what}: ${name} at version ${version}`);
  }
}
