import { aBoolean, anyString, checkOptions, optionError, type Rule } from "@operatorkit/observe/options";
import { boolean } from "../request/list-options.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { Store } from "../store/store.ts";

/** Which view stands still. What is left out matches everything. */
export interface FreezeOptions {
  readonly kind?: string;
  readonly group?: string;
  /** Part of the `User-Agent`: only this client is moved to the stale server. */
  readonly userAgent?: string;
  /** The version that is shown, not after the present. @default the present */
  readonly at?: string;
  /**
   * Reads that name no version show the present, as kube-apiserver promises however far its watch cache lags; watches, and reads that take an old state
   * (`resourceVersion=0`), do not. False: nothing newer is shown, whatever is asked.
   * @default false
   */
  readonly consistentReads?: boolean;
}

interface View {
  readonly options: FreezeOptions;
  readonly version: number;
}

/**
 * Views that stand still at a version, as those of a server whose watch cache lags: reads and watches see nothing newer, writes go through.
 * The states come from the kind's history, so a view lasts for as many changes as are kept (`historySize`) and until a compaction; then it is answered 410.
 */
export class FrozenViews {
  readonly #store: Store;
  readonly #views = new Set<View>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Returns what releases the view; watches then get what they missed.
   * @throws TypeError naming the option that cannot be
   */
  freeze(options: FreezeOptions): () => void {
    const view = { options, version: this.#versionOf(options) };
    this.#views.add(view);
    return () => {
      this.#views.delete(view);
      this.#store.wake();
    };
  }

  /** The newest version that a request may see. */
  visibleVersion(request: ResourceRequest): number {
    let version = this.#store.version;
    for (const view of this.#views) if (isOf(view.options, request)) version = Math.min(version, view.version);
    return version;
  }

  #versionOf(options: FreezeOptions): number {
    checkOptions("freeze", options, RULES);
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(RULES, name));
    if (unknown !== undefined) throw optionError("freeze", unknown, `is not known; known: ${Object.keys(RULES).join(", ")}`);
    const { at } = options;
    if (at === undefined) return this.#store.version;
    const version = /^\d{1,15}$/.test(at) ? Number(at) : Number.NaN;
    if (!(version <= this.#store.version)) throw optionError("freeze", "at", `${at} must be a version up to ${this.#store.version}`);
    return version;
  }
}

const RULES: Record<keyof FreezeOptions, Rule> = {
  kind: anyString,
  group: anyString,
  userAgent: anyString,
  at: anyString,
  consistentReads: aBoolean,
};

function isOf(
  { kind, group, userAgent, consistentReads = false }: FreezeOptions,
  { descriptor, request, query }: ResourceRequest,
): boolean {
  if (consistentReads && !isWatch(query) && (query.get("resourceVersion") ?? "") === "") return false;
  if (kind !== undefined && descriptor.kind !== kind) return false;
  if (group !== undefined && descriptor.group !== group) return false;
  return userAgent === undefined || (request.headers["user-agent"] ?? "").includes(userAgent);
}

function isWatch(query: URLSearchParams): boolean {
  return query.has("watch") && boolean(query, "watch") === true;
}
