import { aClient, aKind, type Client, type ListWatchScope, type MetadataScope } from "@operatorkit/api";
import type { Kind, KubernetesObject, PartialObjectMetadata } from "@operatorkit/object";
import type { Clock, HealthCheck, Logger, Metrics } from "@operatorkit/observe";
import { anAbortSignal, anObject, checkOptions, required } from "@operatorkit/observe/options";
import { Informer } from "./informer.ts";
import { SharedLease, type InformerLease } from "./informer-lease.ts";
import { scopedInformerName } from "./informer-name.ts";
import { informerRules, type InformerOptions } from "./informer-options.ts";
import { scopeRules } from "./scope-rules.ts";
import type { IndexFunction } from "./store-index.ts";
import type { Transform } from "./transformed-list-watch.ts";

export interface SharedInformersOptions {
  /** Where informers list and watch. */
  readonly client: Pick<Client, "listWatch">;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly metrics?: Metrics | undefined;
  /** For every informer made here: deadlines, alarms, errors. */
  readonly defaults?:
    | Omit<InformerOptions<KubernetesObject>, "listWatch" | "indexes" | "name" | "clock" | "logger" | "metrics">
    | undefined;
}

/** What one user wants of a shared informer. */
export interface ShareOptions<T extends KubernetesObject> {
  /** What `lister.byIndex` of this share finds. */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** As of `Informer`. Only who gives the same function shares a copy. @default the registry's own default */
  readonly transform?: Transform<T>;
}

interface Shared {
  readonly informer: Informer<KubernetesObject>;
  readonly stop: AbortController;
  leases: number;
}

/**
 * Informers that are shared: whoever asks for the same kind in the same scope gets the same watch and the same copy. An object
 * you pass around; there is no global one.
 *
 * Informers run while the registry runs: those asked for before start with it, later ones at once.
 */
export class SharedInformers {
  readonly #options: SharedInformersOptions;
  readonly #shared = new Map<string, Shared>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;
  #failed: ((error: unknown) => void) | undefined;
  #leases = 0;
  readonly #transforms = new WeakMap<object, number>();
  #lastTransform = 0;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: SharedInformersOptions) {
    checkOptions("SharedInformers", options, { client: required(aClient("listWatch")), defaults: anObject(informerRules) });
    this.#options = options;
  }

  /** A share of the informer of this kind and scope. Its `lister.byIndex` finds the indexes given here. */
  for<T extends KubernetesObject>(
    kind: Kind<T>,
    scope: MetadataScope,
    options?: ShareOptions<PartialObjectMetadata<T>>,
  ): InformerLease<PartialObjectMetadata<T>>;
  for<T extends KubernetesObject>(kind: Kind<T>, scope?: ListWatchScope, options?: ShareOptions<T>): InformerLease<T>;
  for<T extends KubernetesObject>(kind: Kind<T>, scope: ListWatchScope = {}, options: ShareOptions<T> = {}): InformerLease<T> {
    checkOptions("SharedInformers", { kind, scope, options }, { kind: required(aKind), scope: anObject(scopeRules), options: A_SHARE });
    const { indexes = {}, transform } = options;
    if (this.#signal?.aborted === true) throw new Error(`shared informer of ${kind.plural}: the registry was stopped`);
    const number = transform === undefined ? undefined : this.#numberOf(transform);
    const id = idOf(kind, scope, number);
    const shared = this.#shared.get(id) ?? this.#make(id, kind, scope, number, transform);
    shared.leases += 1;
    this.#leases += 1;
    // The id holds the kind, so the informer under it is of that kind's objects.
    const informer = shared.informer as unknown as Informer<T>;
    return new SharedLease<T>({ informer, indexes, prefix: `${this.#leases}/`, onRelease: () => this.#release(id, shared) });
  }

  /** How many informers there are. */
  get size(): number {
    return this.#shared.size;
  }

  /** The health of every informer that there is when it is asked. */
  healthCheck(): HealthCheck {
    return {
      name: "informers",
      type: "ready",
      check: () => {
        const ailments = [...this.#shared.values()].map(({ informer }) => informer.healthCheck().check());
        return ailments.filter((ailment) => ailment !== undefined).join("; ") || undefined;
      },
    };
  }

  /** Runs every informer until `signal` is aborted; resolves when all have stopped. Rejects when one broke, after stopping the others. */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    checkOptions("SharedInformers", options, { signal: required(anAbortSignal) });
    if (this.#signal !== undefined) throw new Error("SharedInformers: a registry runs once");
    const broken = new AbortController();
    let failure: { readonly error: unknown } | undefined;
    this.#failed = (error) => {
      failure ??= { error };
      broken.abort();
    };
    this.#signal = AbortSignal.any([options.signal, broken.signal]);
    for (const shared of this.#shared.values()) this.#start(shared);
    if (!this.#signal.aborted) await new Promise((resolve) => this.#signal?.addEventListener("abort", resolve, { once: true }));
    await Promise.all(this.#running);
    if (failure !== undefined) throw failure.error;
  }

  #make<T extends KubernetesObject>(
    id: string,
    kind: Kind<T>,
    scope: ListWatchScope,
    number: number | undefined,
    transform: Transform<T> | undefined,
  ): Shared {
    const { client, clock, logger, metrics, defaults } = this.#options;
    const informer = new Informer<KubernetesObject>({
      ...defaults,
      // The informer of a kind gives a transform that kind's objects only.
      ...(transform !== undefined && { transform: transform as unknown as Transform<KubernetesObject> }),
      listWatch: client.listWatch(kind, scope),
      name: scopedInformerName(kind, scope) + (number === undefined ? "" : ` (transform ${number})`),
      clock,
      logger,
      metrics,
    });
    const shared: Shared = { informer, stop: new AbortController(), leases: 0 };
    this.#shared.set(id, shared);
    if (this.#signal !== undefined) this.#start(shared);
    return shared;
  }

  /** Functions have no name that tells them apart. */
  #numberOf(transform: object): number {
    const number = this.#transforms.get(transform) ?? (this.#lastTransform += 1);
    this.#transforms.set(transform, number);
    return number;
  }

  #start({ informer, stop }: Shared): void {
    if (this.#signal === undefined) return;
    const running = informer.run({ signal: AbortSignal.any([this.#signal, stop.signal]) }).catch((error: unknown) => this.#failed?.(error));
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  #release(id: string, shared: Shared): void {
    shared.leases -= 1;
    if (shared.leases > 0) return;
    this.#shared.delete(id);
    shared.stop.abort();
  }
}

const A_SHARE = anObject({ indexes: informerRules.indexes, transform: informerRules.transform });

function idOf({ group, version, plural }: Kind, scope: ListWatchScope, transform: number | undefined): string {
  const { namespace = "", labelSelector = "", fieldSelector = "", metadataOnly = false } = scope;
  return JSON.stringify([group, version, plural, namespace, labelSelector, fieldSelector, metadataOnly, transform ?? 0]);
}
