import { ApiError, type EntryPage, type ListWatch, type ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";
import { GuardedRequest } from "./guarded-request.ts";
import type { ReflectorMetrics } from "./informer-metrics.ts";
import type { ReflectorAction } from "./reflector-action.ts";
import type { ReflectorEvent } from "./reflector-event.ts";
import type { ReflectorTarget } from "./reflector-target.ts";
import type { RequestBudget } from "./request-budget.ts";
import type { ServerContact } from "./server-contact.ts";

export interface ListReaderOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  readonly copy: ReflectorTarget<T>["copy"];
  readonly clock: Clock;
  readonly metrics: ReflectorMetrics;
  readonly contact: ServerContact;
  readonly budget: RequestBudget;
  /** Objects per page. */
  readonly pageSize: number;
  /** `SilenceLimits.listMs`. */
  readonly silenceMs: number;
}

/** Everything there is, and since when it was read. */
export interface FullList<T extends KubernetesObject> {
  readonly entries: readonly ObjectEntry<T>[];
  readonly startMs: number;
}

/**
 * Reads a list, page by page, and keeps what it has read until it is complete. What to ask next, and whether what came may be
 * kept, is decided by whoever asks.
 *
 * What is no list is never taken for one, and the pages of one list come out of the budget only when lists repeat.
 */
export class ListReader<T extends KubernetesObject> {
  readonly #options: ListReaderOptions<T>;
  /** For error messages. */
  readonly #what: string;
  #kept: ObjectEntry<T>[] = [];
  /** The last page, until it is known whether to keep it. */
  #page: EntryPage<T> | undefined;
  /** The page before brought objects: asking for the next one is getting on, not spinning. */
  #isGettingOn = false;
  #startMs = Number.NEGATIVE_INFINITY;
  /** No list was begun shortly before this one. */
  #isFirstInAWhile = true;

  constructor(options: ListReaderOptions<T>) {
    this.#options = options;
    this.#what = `list ${options.listWatch.kind.plural}`;
  }

  /** Asks for the first page, or the one that `token` names. */
  async read({ token, paged, slowLists }: Extract<ReflectorAction, { type: "list" }>, signal: AbortSignal): Promise<ReflectorEvent> {
    if (token === undefined) this.#begin();
    const { pageSize, silenceMs, copy } = this.#options;
    const isContinuation = token !== undefined && this.#isFirstInAWhile && this.#isGettingOn;
    const limits = { silenceMs: silenceMs * Math.min(2 ** slowLists, WHOLE_PAGE), totalMs: silenceMs * WHOLE_PAGE };
    return this.#ask(isContinuation, signal, async (request) => {
      const page = await request.within(limits, this.#what, () =>
        this.#options.listWatch.list({
          ...(paged ? { limit: pageSize } : {}),
          ...(token === undefined ? {} : { continue: token }),
          signal: request.signal,
          onProgress: request.alive,
        }),
      );
      checkPage(page, this.#what);
      this.#page = page;
      this.#isGettingOn = page.entries.length > 0;
      const proceed = page.continue === undefined || page.continue === "" ? undefined : page.continue;
      const isEmptied = this.#kept.length === 0 && page.entries.length === 0 && copy.size > 0;
      return { type: "page", version: page.resourceVersion, token: proceed, isEmptied };
    });
  }

  /** Asks for one object, for the sake of the list's version. */
  async check(signal: AbortSignal): Promise<ReflectorEvent> {
    return this.#ask(false, signal, async (request) => {
      const page = await request.within(this.#options.silenceMs, this.#what, () =>
        this.#options.listWatch.list({ limit: 1, signal: request.signal, onProgress: request.alive }),
      );
      checkPage(page, this.#what);
      return { type: "checked", version: page.resourceVersion };
    });
  }

  /** The last page is part of the list. */
  keep(): void {
    if (this.#page !== undefined) for (const entry of this.#page.entries) this.#kept.push(entry);
    this.#page = undefined;
  }

  /** The list will not be used. */
  discard(): void {
    this.#kept = [];
    this.#page = undefined;
  }

  /** What was kept, and nothing from then on. */
  take(): FullList<T> {
    const entries = this.#kept;
    this.#kept = [];
    return { entries, startMs: this.#startMs };
  }

  #begin(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#isFirstInAWhile = nowMs - this.#startMs > REPEATED_WITHIN_MS;
    this.#startMs = nowMs;
    this.#kept = [];
    this.#options.metrics.listed();
  }

  /** One request: taken from the budget unless it `isFree`, closed when answered. */
  async #ask(isFree: boolean, signal: AbortSignal, ask: (request: GuardedRequest) => Promise<ReflectorEvent>): Promise<ReflectorEvent> {
    const { clock, budget, contact } = this.#options;
    if (!isFree && !(await budget.spend({ signal }))) return { type: "stop" };
    const startMs = clock.monotonicMs();
    const request = new GuardedRequest({ clock, signal });
    try {
      const event = await ask(request);
      contact.answered();
      return event;
    } catch (error) {
      return signal.aborted ? { type: "stop" } : contact.failed(error, startMs);
    } finally {
      request.close();
    }
  }
}

/** A page may take this many times as long as it may be silent, or a drip of bytes would keep it for ever. */
const WHOLE_PAGE = 8;
/** A list that begins this soon after the one before repeats it. */
const REPEATED_WITHIN_MS = 10_000;

/** A list is looked at before it is believed: an HTML page or `{}` with status 200 is no empty list. */
function checkPage(page: EntryPage<KubernetesObject>, what: string): void {
  const { entries, resourceVersion } = (page ?? {}) as Partial<EntryPage<KubernetesObject>>;
  if (!Array.isArray(entries)) throw malformed(what, "it has no items");
  if (typeof resourceVersion !== "string" || resourceVersion === "") throw malformed(what, "it has no resourceVersion");
  for (const entry of entries as readonly Partial<ObjectEntry>[]) {
    if (typeof entry?.key !== "string" || entry.key === "") throw malformed(what, "an item has no name");
  }
}

function malformed(what: string, why: string): ApiError {
  return new ApiError(`${what}: the answer is not a list: ${why}`, { code: "MalformedResponse" });
}
