import {
  ApiError,
  codeOf,
  entryOf,
  type EntryPage,
  type ListRequest,
  type ListWatch,
  type ObjectEntry,
  type WatchEvent,
  type WatchRequest,
  type WatchStream,
} from "@operatorkit/api";
import { deepFreeze, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import { sleep, type Clock } from "@operatorkit/observe";
import type { Fault } from "./fault.ts";
import { FakeStream } from "./fake-stream.ts";

export interface Widget extends KubernetesObject {
  readonly apiVersion: "example.com/v1";
  readonly kind: "Widget";
  readonly spec?: { readonly color?: string; readonly node?: string };
}

export const Widget: Kind<Widget> = {
  group: "example.com",
  version: "v1",
  apiVersion: "example.com/v1",
  kind: "Widget",
  plural: "widgets",
  singular: "widget",
  listKind: "WidgetList",
  namespaced: true,
  shortNames: [],
  categories: [],
};

export interface WidgetInput {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly color?: string;
  readonly node?: string;
}

export interface RequestLog {
  readonly type: "list" | "check" | "page" | "watch";
  readonly atMs: number;
  readonly resourceVersion: string | undefined;
  readonly limit: number | undefined;
}

interface Past {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Widget;
  readonly version: number;
}

/** The whole state of a server, to go back to. */
export interface Backup {
  readonly version: number;
  readonly objects: ReadonlyMap<ObjectKey, Widget>;
  readonly history: readonly Past[];
}

/**
 * An API server for one kind, in memory and in virtual time: versions, history, compaction, pages, bookmarks, WatchList, and
 * every way to fail that an informer must survive. The same calls always give the same run.
 */
export class FakeServer implements ListWatch<Widget> {
  readonly kind: Kind<Widget> = Widget;
  readonly requests: RequestLog[] = [];
  /** How a watch that is too old is told so. */
  goneAs: "status" | "event" | "end" = "event";
  watchList: "supported" | "rejected" | "ignored" = "supported";
  /** 0 for a server that sends none. */
  bookmarkEveryMs = 60_000;
  /** Deletions carry the version the object last had, as some servers do. */
  oldDeletionVersions = false;
  readonly #clock: Clock;
  readonly #streams = new Set<FakeStream>();
  readonly #once: { list: Fault[]; watch: Fault[] } = { list: [], watch: [] };
  #always: { list?: Fault; watch?: Fault } = {};
  #objects = new Map<ObjectKey, Widget>();
  #history: Past[] = [];
  /** What the later pages of a list are read from. */
  readonly #snapshots = new Map<number, readonly ObjectEntry<Widget>[]>();
  #version = 100;
  #compacted = 0;
  #uids = 0;

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  get version(): string {
    return String(this.#version);
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  get objects(): ReadonlyMap<ObjectKey, Widget> {
    return this.#objects;
  }

  /** Requests in the busiest `perMs`. */
  busiest(perMs: number): number {
    const times = this.requests.map(({ atMs }) => atMs);
    return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + perMs).length));
  }

  // What users of the cluster do.

  create(name: string, { namespace = "default", labels = {}, ...spec }: WidgetInput = {}): Widget {
    this.#uids += 1;
    return this.#write("ADDED", {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name, namespace, uid: `uid-${this.#uids}`, labels },
      spec,
    });
  }

  update(name: string, { namespace = "default", labels, ...spec }: WidgetInput = {}): Widget {
    const old = this.#objects.get(`${namespace}/${name}`);
    if (old === undefined) throw new Error(`update ${namespace}/${name}: it does not exist`);
    return this.#write("MODIFIED", {
      ...old,
      metadata: { ...old.metadata, ...(labels === undefined ? {} : { labels }) },
      spec: { ...old.spec, ...spec },
    });
  }

  delete(name: string, namespace = "default"): void {
    const old = this.#objects.get(`${namespace}/${name}`);
    if (old === undefined) throw new Error(`delete ${namespace}/${name}: it does not exist`);
    this.#write("DELETED", old);
  }

  has(name: string, namespace = "default"): boolean {
    return this.#objects.has(`${namespace}/${name}`);
  }

  /** Versions go by for other kinds. */
  writeOtherKinds(writes: number): void {
    this.#version += writes;
  }

  // What happens to servers.

  /** Forgets all history. */
  compact(): void {
    this.#compacted = this.#version;
    this.#history = [];
    this.#snapshots.clear();
  }

  backup(): Backup {
    return { version: this.#version, objects: new Map(this.#objects), history: [...this.#history] };
  }

  /** Becomes what it was, as from a backup of etcd; connections break. */
  restore({ version, objects, history }: Backup): void {
    this.#version = version;
    this.#objects = new Map(objects);
    this.#history = [...history];
    this.#compacted = Math.min(this.#compacted, version);
    this.#snapshots.clear();
    this.breakStreams();
  }

  breakStreams(): void {
    for (const stream of this.#streams) stream.break();
  }

  /** Ends all watches, as a server does that shuts down gently. */
  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Open watches stay open and say nothing any more. */
  muteStreams(): void {
    for (const stream of this.#streams) stream.mute();
  }

  /** Says this on all open watches, true or not. */
  say(event: WatchEvent<Widget>): void {
    for (const stream of this.#streams) stream.push(event);
  }

  /** The next bytes on all open watches are no event. */
  corruptStreams(): void {
    for (const stream of this.#streams) stream.corrupt();
  }

  /** The next requests fail like this, one each. */
  failNext(what: "list" | "watch", ...faults: readonly Fault[]): void {
    this.#once[what].push(...faults);
  }

  /** All requests fail like this, until `undefined`. */
  failAlways(what: "list" | "watch", fault: Fault | undefined): void {
    const { [what]: _, ...rest } = this.#always;
    this.#always = fault === undefined ? rest : { ...rest, [what]: fault };
  }

  heal(): void {
    this.#always = {};
    this.#once.list.length = 0;
    this.#once.watch.length = 0;
  }

  // What informers ask.

  async list(request: ListRequest): Promise<EntryPage<Widget>> {
    if (request.continue === undefined) this.#snapshots.delete(this.#version);
    const type = request.continue !== undefined ? "page" : request.limit === 1 ? "check" : "list";
    this.#log(type, request);
    const fault = this.#once.list.shift() ?? this.#always.list;
    if (fault !== undefined) {
      const answer = await this.#fail(fault, request.signal);
      if (answer === "html") return {} as EntryPage<Widget>;
      if (answer === "older") return { entries: [], resourceVersion: "1" };
    }
    const { from, at } = this.#positionOf(request.continue);
    const all =
      this.#snapshots.get(at) ??
      [...this.#objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map(measuredEntryOf);
    this.#snapshots.set(at, all);
    const rest = all.slice(from);
    const page = request.limit === undefined ? rest : rest.slice(0, request.limit);
    const end = from + page.length;
    return { entries: page, resourceVersion: String(at), ...(end < all.length ? { continue: `${at}:${end}` } : {}) };
  }

  async watch(request: WatchRequest): Promise<WatchStream<Widget>> {
    this.#log("watch", request);
    const fault = this.#once.watch.shift() ?? this.#always.watch;
    if (fault !== undefined) {
      const answer = await this.#fail(fault, request.signal);
      if (answer === "silent") return this.#open(request, []).muted();
      if (answer === "ended") return this.#open(request, []).ended();
      if (answer === "cut") return this.#open(request, this.#backlog(request).slice(0, 1)).broken();
      if (answer === "html") return this.#open(request, []).corrupted();
    }
    if (request.sendInitialEvents === true && this.watchList === "rejected") {
      throw statusError("watch", 422, "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
    }
    const isTooOld = request.resourceVersion !== undefined && Number(request.resourceVersion) < this.#compacted;
    if (!isTooOld) return this.#open(request, this.#backlog(request));
    if (this.goneAs === "status") throw statusError("watch", 410, `too old resource version: ${request.resourceVersion}`);
    if (this.goneAs === "end") return this.#open(request, []).ended();
    return this.#open(request, [{ type: "ERROR", error: statusError("watch", 410, "too old resource version") }]).ended();
  }

  #backlog({ resourceVersion, sendInitialEvents }: WatchRequest): WatchEvent<Widget>[] {
    if (resourceVersion !== undefined) {
      return this.#history.filter(({ version }) => version > Number(resourceVersion)).map((past) => this.#eventOf(past));
    }
    const events: WatchEvent<Widget>[] = [...this.#objects.values()].map((object) => ({ type: "ADDED", entry: measuredEntryOf(object) }));
    if (sendInitialEvents === true && this.watchList === "supported") {
      events.push({ type: "BOOKMARK", resourceVersion: this.version, initialEventsEnd: true });
    }
    return events;
  }

  #open(request: WatchRequest, events: readonly WatchEvent<Widget>[]): FakeStream {
    const stream = new FakeStream({
      clock: this.#clock,
      signal: request.signal,
      timeoutMs: request.timeoutSeconds * 1000,
      bookmarkEveryMs: this.bookmarkEveryMs,
      bookmark: () => ({ type: "BOOKMARK", resourceVersion: this.version, initialEventsEnd: false }),
      onClose: () => void this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    for (const event of events) stream.push(event);
    return stream;
  }

  #positionOf(token: string | undefined): { from: number; at: number } {
    if (token === undefined) return { from: 0, at: this.#version };
    const [at = 0, from = 0] = token.split(":").map(Number);
    if (at < this.#compacted || !this.#snapshots.has(at)) throw statusError("list", 410, "The provided continue parameter is too old");
    return { from, at };
  }

  async #fail(fault: Fault, signal: AbortSignal): Promise<"html" | "older" | "silent" | "ended" | "cut" | "well"> {
    switch (fault.type) {
      case "status":
        throw statusError("request", fault.status, fault.reason ?? "injected", fault.retryAfterMs);
      case "break":
        throw new ApiError("request: connection reset", { code: "ConnectionFailed" });
      case "hang":
        return new Promise((_, reject) => {
          if (!fault.ignoresSignal) signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        });
      case "slow":
        await sleep(fault.ms, { clock: this.#clock, signal });
        return "well";
      case "throw":
        throw fault.error;
      default:
        return fault.type;
    }
  }

  #write(type: Past["type"], widget: Widget): Widget {
    this.#version += 1;
    const object = deepFreeze({ ...widget, metadata: { ...widget.metadata, resourceVersion: String(this.#version) } });
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const past: Past = { type, object: type === "DELETED" && this.oldDeletionVersions ? widget : object, version: this.#version };
    if (type === "DELETED") this.#objects.delete(key);
    else this.#objects.set(key, object);
    this.#history.push(past);
    for (const stream of this.#streams) stream.push(this.#eventOf(past));
    return object;
  }

  #eventOf({ type, object }: Past): WatchEvent<Widget> {
    return { type, entry: measuredEntryOf(object) };
  }

  #log(type: RequestLog["type"], request: { resourceVersion?: string; limit?: number }): void {
    this.requests.push({ type, atMs: this.#clock.monotonicMs(), resourceVersion: request.resourceVersion, limit: request.limit });
  }
}

function statusError(doing: string, status: number, message: string, retryAfterMs?: number): ApiError {
  return new ApiError(`${doing} widgets: ${message}`, { code: status === 410 ? "Expired" : codeOf(status), status, retryAfterMs });
}

/** As our client gives them. */
function measuredEntryOf(object: Widget): ObjectEntry<Widget> {
  return { ...entryOf(object), bytes: JSON.stringify(object).length };
}
