import { aClient, aKind, aLabelSelector, type Client } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import type { HealthCheck } from "@operatorkit/observe";
import { aFunction, aList, checkOptions, required } from "@operatorkit/observe/options";
import { anEventHandler, type EventHandler, type Subscription } from "./event-handler.ts";
import { Informer } from "./informer.ts";
import { scopedInformerName } from "./informer-name.ts";
import { informerRules, type InformerOptions } from "./informer-options.ts";
import type { Lister } from "./lister.ts";
import { scopeRules } from "./scope-rules.ts";

/** No label filters: every object. */
export const emptyLabelFilters: readonly string[] = Object.freeze([]);

export interface KubernetesBasedInformerOptions<T extends KubernetesObject, U> extends Omit<InformerOptions<T>, "listWatch"> {
  readonly kind: Kind<T>;
  readonly client: Pick<Client, "listWatch">;
  /** All namespaces when left out. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Selector terms that must all hold, added to `labelSelector`. An object whose labels stop matching is told as deleted. */
  readonly labelFilters?: readonly string[] | undefined;
  readonly fieldSelector?: string | undefined;
  /** Makes what handlers get of what the server sent. What it throws goes to `onError`, and that event is not told. */
  readonly convert?: ((object: T) => U) | undefined;
}

/**
 * An informer of one kind on a Kubernetes API server, as a user of grafana-app-sdk's `KubernetesBasedInformer` knows it: made from
 * a kind and a client, optionally filtered and converting. A thin layer over `Informer`, with all its guarantees; there are no
 * retries here, and errors go to `onError`.
 */
export class KubernetesBasedInformer<T extends KubernetesObject, U = T> {
  readonly kind: Kind<T>;
  /** The informer underneath: its indexes, key listeners and `verify`. */
  readonly informer: Informer<T>;
  readonly #convert: ((object: T) => U) | undefined;
  readonly #subscriptions = new Set<Subscription>();

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: KubernetesBasedInformerOptions<T, U>) {
    checkOptions("KubernetesBasedInformer", options, {
      kind: required(aKind),
      client: required(aClient("listWatch")),
      ...scopeRules,
      labelFilters: aList(aLabelSelector),
      convert: aFunction,
      ...informerRules,
    });
    const { kind, client, namespace, labelSelector, labelFilters = emptyLabelFilters, fieldSelector, convert, name, ...rest } = options;
    const selectors = [...(labelSelector === undefined || labelSelector === "" ? [] : [labelSelector]), ...labelFilters].join(",");
    const scope = {
      ...(namespace === undefined || namespace === "" ? {} : { namespace }),
      ...(selectors === "" ? {} : { labelSelector: selectors }),
      ...(fieldSelector === undefined || fieldSelector === "" ? {} : { fieldSelector }),
    };
    this.kind = kind;
    this.#convert = convert;
    this.informer = new Informer<T>({ ...rest, name: name ?? scopedInformerName(kind, scope), listWatch: client.listWatch(kind, scope) });
  }

  get name(): string {
    return this.informer.name;
  }

  get lister(): Lister<T> {
    return this.informer.lister;
  }

  addEventHandler(handler: EventHandler<U>): Subscription {
    checkOptions(this.name, { handler }, { handler: required(anEventHandler) });
    const subscription = this.informer.addEventHandler(
      this.#convert === undefined ? unconverted(handler) : converting(handler, this.#convert),
    );
    this.#subscriptions.add(subscription);
    return {
      synced: (options) => subscription.synced(options),
      close: () => {
        this.#subscriptions.delete(subscription);
        subscription.close();
      },
    };
  }

  /** Resolves when every handler there is now was told of every initial object, and its calls have settled. */
  async synced(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.informer.synced(options);
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.synced(options)));
  }

  run(options: { readonly signal: AbortSignal }): Promise<void> {
    return this.informer.run(options);
  }

  healthCheck(): HealthCheck {
    return this.informer.healthCheck();
  }

  /** As an operator asks its runnables for them; an informer is one. */
  healthChecks(): readonly HealthCheck[] {
    return this.informer.healthChecks();
  }
}

/** Without a converter, `U` is `T`. */
function unconverted<T extends KubernetesObject>(handler: unknown): EventHandler<T> {
  return handler as EventHandler<T>;
}

function converting<T extends KubernetesObject, U>(handler: EventHandler<U>, convert: (object: T) => U): EventHandler<T> {
  return {
    add: (object, context) => handler.add?.(convert(object), context),
    update: (old, object, context) => handler.update?.(convert(old), convert(object), context),
    delete: (object, context) => handler.delete?.(convert(object), context),
  };
}
