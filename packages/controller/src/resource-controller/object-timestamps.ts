import { aKind } from "@operatorkit/api";
import type { EventHandler } from "@operatorkit/informer";
import { keyOf, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import type { Gauge, Labels, Metrics } from "@operatorkit/observe";
import { aString, checkOptions, required } from "@operatorkit/observe/options";
import { someMetrics } from "../kubernetes-rules.ts";

export interface ObjectTimestampsOptions<T extends KubernetesObject> {
  readonly metrics: Metrics;
  readonly kind: Kind<T>;
  /** The controller's name, as a label of `operatorkit_controller_*`. @default none: the metrics are `operatorkit_informer_*` */
  readonly controller?: string;
}

/**
 * When each object was created, and when its deletion was asked for, in seconds since 1970, under giantswarm/operatorkit's names:
 * `operatorkit_informer_creation_timestamp` and `_deletion_timestamp`, or `operatorkit_controller_…` with the controller's name.
 * Give it to an informer with `addEventHandler`; a `ResourceController` has one with `giantswarmTimestamps`.
 *
 * One or two series for each object that is there, and none for one that is gone. There it was a list, or a watch, at every scrape.
 */
export class ObjectTimestamps<T extends KubernetesObject> implements EventHandler<T> {
  readonly #kind: string;
  readonly #own: Labels;
  readonly #creation: Gauge;
  readonly #deletion: Gauge;
  readonly #known = new Map<ObjectKey, Labels>();

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: ObjectTimestampsOptions<T>) {
    checkOptions("ObjectTimestamps", options, { metrics: required(someMetrics), kind: required(aKind), controller: aString });
    const { metrics, kind, controller } = options;
    const prefix = controller === undefined ? "operatorkit_informer" : "operatorkit_controller";
    const labels = ["kind", "name", "namespace", ...(controller === undefined ? [] : ["controller"])];
    this.#kind = kind.kind;
    this.#own = controller === undefined ? {} : { controller };
    this.#creation = metrics.gauge({ name: `${prefix}_creation_timestamp`, help: "When the object was created, in seconds.", labels });
    this.#deletion = metrics.gauge({ name: `${prefix}_deletion_timestamp`, help: "When its deletion was asked for, in seconds.", labels });
  }

  add(object: T): void {
    const { name, namespace = "", creationTimestamp, deletionTimestamp } = object.metadata;
    const labels = { kind: this.#kind, name, namespace, ...this.#own };
    this.#known.set(keyOf(object), labels);
    setOrRemove(this.#creation, creationTimestamp, labels);
    setOrRemove(this.#deletion, deletionTimestamp, labels);
  }

  update(_old: T, object: T): void {
    this.add(object);
  }

  delete(object: T): void {
    this.#forget(keyOf(object));
  }

  /** Forgets all of them: who told of them has ended. */
  clear(): void {
    for (const key of this.#known.keys()) this.#forget(key);
  }

  #forget(key: ObjectKey): void {
    const labels = this.#known.get(key);
    if (labels === undefined) return;
    this.#known.delete(key);
    this.#creation.remove(labels);
    this.#deletion.remove(labels);
  }
}

function setOrRemove(gauge: Gauge, timestamp: string | undefined, labels: Labels): void {
  const ms = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  if (Number.isNaN(ms)) gauge.remove(labels);
  else gauge.set(Math.floor(ms / 1000), labels);
}
