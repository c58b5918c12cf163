import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import type { Clock, Timer } from "@operatorkit/observe";
import type { Change } from "./change.ts";
import { StreamOverflowError, type EventStreams, type ToldDelete, type ToldError, type ToldUpdate } from "./event-streams.ts";
import type { InformerView, KeySubscription } from "./informer-view.ts";
import { objectOf } from "./object-of.ts";
import { ToldStream } from "./told-stream.ts";

export interface InformerStreamsOptions<T extends KubernetesObject, U> {
  readonly informer: InformerView<T>;
  readonly clock: Clock;
  readonly resyncPeriodMs: number;
  readonly rateWaitMs: number;
  readonly decode: (object: T) => U;
  /** Any of these ends the streams. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** An error that has no reader here. */
  readonly onUntold: (error: ToldError) => void;
  /** The first stream has a reader. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

interface Waiting<T extends KubernetesObject> {
  readonly entry: ObjectEntry<T>;
  readonly isReplay: boolean;
  /** Its reader has not heard of the object yet. */
  readonly isNew: boolean;
  readonly isGone: boolean;
  readonly finalStateUnknown: boolean;
}

/** The three streams of one `watch()`: what an informer tells, sorted, and replayed in its time. */
export class InformerStreams<T extends KubernetesObject, U> implements EventStreams<U> {
  readonly updates: ToldStream<Waiting<T>, ToldUpdate<U>>;
  readonly deletes: ToldStream<Waiting<T>, ToldDelete<U>>;
  readonly errors: ToldStream<ToldError, ToldError>;
  readonly #options: InformerStreamsOptions<T, U>;
  #keys: KeySubscription | undefined;
  #resync: Timer | undefined;
  #isClosed = false;
  #errors = 0;
  readonly #onAbort = (): void => this.#close();

  constructor(options: InformerStreamsOptions<T, U>) {
    this.#options = options;
    const { clock, rateWaitMs } = options;
    const shared = { clock, rateWaitMs, onLeave: () => this.#onLeave() };
    this.updates = new ToldStream<Waiting<T>, ToldUpdate<U>>({
      ...shared,
      tell: (waiting) => this.#told(waiting, (object, { entry: { key }, isReplay }): ToldUpdate<U> => ({ key, object, isReplay })),
      onOpen: () => this.#onOpen(this.updates),
    });
    this.deletes = new ToldStream<Waiting<T>, ToldDelete<U>>({
      ...shared,
      tell: (waiting) =>
        this.#told(waiting, (object, { entry: { key }, isReplay, isGone, finalStateUnknown }): ToldDelete<U> => ({
          key,
          object,
          isReplay,
          isGone,
          finalStateUnknown,
        })),
      onOpen: () => this.#onOpen(this.deletes),
    });
    this.errors = new ToldStream<ToldError, ToldError>({ ...shared, tell: (value) => ({ value }), onOpen: () => this.#onOpen() });
  }

  close(): void {
    this.#close();
  }

  /** True when there is a reader that will be told. Of errors that nobody reads the last hundred are kept. */
  tellError(error: ToldError): boolean {
    if (!this.errors.isOpen) return false;
    this.#errors += 1;
    this.errors.push(String(this.#errors), "", error);
    if (this.errors.waiting.live > MOST_ERRORS) this.errors.dropOldest();
    return true;
  }

  #close(failure?: { readonly error: unknown }): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keys?.close();
    this.#resync?.cancel();
    for (const signal of this.#options.signals) signal?.removeEventListener("abort", this.#onAbort);
    for (const stream of [this.updates, this.deletes, this.errors]) stream.end(failure);
    this.#options.onClose();
  }

  #onOpen(stream?: Stream<T>): void {
    if (this.#keys === undefined) this.#start();
    if (stream !== undefined) void this.#replay([stream]);
  }

  #start(): void {
    const { informer, signals, onOpen } = this.#options;
    if (signals.some((signal) => signal?.aborted)) {
      this.#close();
      return;
    }
    for (const signal of signals) signal?.addEventListener("abort", this.#onAbort, { once: true });
    onOpen();
    this.#keys = informer.onKeys((key, change) => this.#onChange(key, change));
    this.#startResync();
  }

  #onLeave(): void {
    if (![this.updates, this.deletes, this.errors].some(({ isOpen }) => isOpen)) this.close();
  }

  #startResync(): void {
    this.#resync = this.#options.clock.setTimer(this.#options.resyncPeriodMs, () => {
      this.#startResync();
      // A round that has not been told yet is not begun again.
      void this.#replay([this.updates, this.deletes].filter(({ isOpen, waiting }) => isOpen && waiting.replay === 0));
    });
  }

  /** Has what is there told on these streams, except for what changes meanwhile, of which the change is told. */
  async #replay(streams: readonly Stream<T>[]): Promise<void> {
    const { lister } = this.#options.informer;
    const round = lister.keys().map((key) => ({ key, version: lister.entry(key)?.resourceVersion }));
    for (const [index, { key, version }] of round.entries()) {
      // Telling what is going from what is not reads the object.
      if (index > 0 && index % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#isClosed) return;
      const entry = lister.entry(key);
      if (entry === undefined || entry.resourceVersion !== version) continue;
      const stream = isGoing(entry) ? this.deletes : this.updates;
      if (!streams.includes(stream)) continue;
      const waiting = { entry, isReplay: true, isNew: false, isGone: false, finalStateUnknown: false };
      stream.replay(stream === this.deletes ? idOf(entry) : key, key, waiting);
    }
  }

  #onChange(key: ObjectKey, { type, entry, initial, finalStateUnknown }: Change<T>): void {
    if (initial) return;
    const id = idOf(entry);
    if (type !== "delete" && !isGoing(entry)) {
      const isNew = this.updates.take(key, key)?.isNew ?? type === "add";
      this.updates.push(key, key, { entry, isReplay: false, isNew, isGone: false, finalStateUnknown });
      return;
    }
    const before = this.updates.take(key, key) ?? this.deletes.take(id, key);
    const isNew = before?.isNew ?? type === "add";
    const isGone = type === "delete";
    // It came and went before anybody heard of it.
    if (isGone && isNew) return;
    this.deletes.push(id, key, { entry, isReplay: false, isNew, isGone, finalStateUnknown });
    const { live } = this.deletes.waiting;
    if (live > MOST_DELETES) this.#close({ error: new StreamOverflowError(this.#options.informer.name, live) });
  }

  #told<V>(waiting: Waiting<T>, made: (object: U, waiting: Waiting<T>) => V): { readonly value: V } | undefined {
    try {
      return { value: made(this.#options.decode(objectOf(waiting.entry)), waiting) };
    } catch (error) {
      const told: ToldError = { error, during: "decode", key: waiting.entry.key };
      if (!this.tellError(told)) this.#options.onUntold(told);
      return undefined;
    }
  }
}

interface Stream<T extends KubernetesObject> {
  readonly isOpen: boolean;
  readonly waiting: { readonly replay: number };
  replay(id: string, key: ObjectKey, waiting: Waiting<T>): void;
}

/** Objects looked at until the event loop gets its turn. */
const STEP = 256;
const MOST_ERRORS = 100;
const MOST_DELETES = 10_000;

/** Two objects of one name may both be on their way to the reader of deletions. */
function idOf({ uid, key }: ObjectEntry): string {
  return uid === "" ? key : uid;
}

function isGoing(entry: ObjectEntry): boolean {
  return entry.object.metadata.deletionTimestamp !== undefined;
}
