import type { Kind, KubernetesObject } from "@operatorkit/object";
import type { HealthCheck } from "@operatorkit/observe";
import type { EventHandler, Subscription } from "./event-handler.ts";
import type { Informer } from "./informer.ts";
import type { InformerView, KeyListener, KeySubscription } from "./informer-view.ts";
import type { Lister } from "./lister.ts";
import type { IndexFunction } from "./store-index.ts";

/** One user's share of an informer. What is subscribed or indexed through it is its own, and goes when it is released. */
export interface InformerLease<T extends KubernetesObject> extends InformerView<T> {
  /** The informer stops when its last lease is released. Releasing twice does nothing. */
  release(): void;
}

export interface SharedLeaseOptions<T extends KubernetesObject> {
  readonly informer: Informer<T>;
  readonly indexes: Readonly<Record<string, IndexFunction<T>>>;
  /** Keeps the names of its indexes apart from those of other leases. */
  readonly prefix: string;
  readonly onRelease: () => void;
}

export class SharedLease<T extends KubernetesObject> implements InformerLease<T> {
  readonly kind: Kind<T>;
  readonly name: string;
  readonly lister: Lister<T>;
  readonly #informer: Informer<T>;
  readonly #indexes: readonly string[];
  readonly #subscriptions = new Set<{ close(): void }>();
  readonly #onRelease: () => void;
  #isReleased = false;

  constructor({ informer, indexes, prefix, onRelease }: SharedLeaseOptions<T>) {
    this.#informer = informer;
    this.#onRelease = onRelease;
    this.kind = informer.kind;
    this.name = informer.name;
    this.lister = informer.listerWith({ indexPrefix: prefix });
    this.#indexes = Object.keys(indexes).map((name) => prefix + name);
    for (const [name, index] of Object.entries(indexes)) informer.addIndex(prefix + name, index);
  }

  get isSynced(): boolean {
    return this.#informer.isSynced;
  }

  get isStale(): boolean {
    return this.#informer.isStale;
  }

  synced(options?: { readonly signal?: AbortSignal }): Promise<void> {
    return this.#informer.synced(options);
  }

  addEventHandler(handler: EventHandler<T>): Subscription {
    return this.#keep(this.#informer.addEventHandler(handler));
  }

  onKeys(listener: KeyListener<T>): KeySubscription {
    return this.#keep(this.#informer.onKeys(listener));
  }

  healthCheck(): HealthCheck {
    return this.#informer.healthCheck();
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    for (const subscription of this.#subscriptions) subscription.close();
    for (const name of this.#indexes) this.#informer.removeIndex(name);
    this.#onRelease();
  }

  #keep<S extends { close(): void }>(subscription: S): S {
    if (this.#isReleased) {
      subscription.close();
      throw new Error(`${this.name}: the share of this informer was released`);
    }
    this.#subscriptions.add(subscription);
    return subscription;
  }
}
