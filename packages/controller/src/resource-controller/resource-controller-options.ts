import type { Client } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";
import {
  aBoolean,
  aFunction,
  aList,
  aNumber,
  anObject,
  aRecord,
  aString,
  checkOptions,
  having,
  must,
  oneOf,
  optionError,
  required,
  type Rule,
} from "@operatorkit/observe/options";
import type { ControllerOptions } from "../controller.ts";
import { SHARED_RULES } from "../check-controller-options.ts";
import { aResource } from "./a-resource.ts";
import type { ErrorTracker } from "./error-tracker.ts";
import type { PauseAnnotations } from "./pause.ts";
import type { AnyResource } from "./resource.ts";
import type { ResourceSet } from "./resource-set.ts";

/** What it takes over from a controller as it is. */
type SharedOptions =
  | "name"
  | "for"
  | "owns"
  | "watches"
  | "predicates"
  | "namespace"
  | "concurrency"
  | "reconcileTimeoutMs"
  | "resyncWaitMs"
  | "onError"
  | "stopGraceMs"
  | "stopTimeoutMs"
  | "clock"
  | "logger"
  | "metrics"
  | "tracer";

export interface ResourceControllerOptions<T extends KubernetesObject> extends Pick<ControllerOptions<T>, SharedOptions> {
  /** What is made for each object, in this order. Give these or `resourceSets`. */
  readonly resources?: readonly AnyResource<T>[];
  /** Lists of resources, each for some of the objects. An object that no set handles is left alone; several are an error. */
  readonly resourceSets?: readonly ResourceSet<T>[];
  /** Runs before the `resources` of each pass, as a set's `init`. */
  readonly init?: ResourceSet<T>["init"];
  /**
   * Kept on every object, so that `ensureDeleted` is called before it goes. `false`: none, and `ensureDeleted` is never called.
   * `giantswarmFinalizer(name)` takes over from giantswarm/operatorkit.
   * @default `<group>/<name>`
   */
  readonly finalizer?: string | false;
  /** Every object has a pass again this long after the last round of such passes. @default 300_000 */
  readonly resyncMs?: number;
  /** How long an object waits after its n-th failure. `false`: for its next change, or the next resync. @default false */
  readonly backoff?: ControllerOptions<T>["backoff"];
  /** Annotations that pause an object, besides `defaultPauseAnnotations`. @default none */
  readonly pauseAnnotations?: PauseAnnotations;
  /** `pauseAnnotations` alone pause. @default false */
  readonly replacePauseDefaults?: boolean;
  /** Only objects that match. */
  readonly labelSelector?: string;
  /**
   * What becomes of an object with our finalizer that matches no more.
   * - `keep`: it is not seen any more; the finalizer stays, so that another version of the operator can take the object over.
   * - `release`: the finalizer is taken off, `ensureDeleted` is not called.
   * - `cleanup`: `ensureDeleted` is still called when it is deleted.
   *
   * For all but `keep` the controller keeps copies of the objects that do not match, too.
   * @default "keep"
   */
  readonly whenDeselected?: "keep" | "release" | "cleanup";
  /** What has to be there before the objects can be listed, such as their CRD: part of each try to boot. */
  boot?(options: { readonly client: Client; readonly signal: AbortSignal; readonly log: Logger }): Promise<void> | void;
  /** How often it is tried to boot. @default 7 */
  readonly bootTries?: number;
  /** Between two tries. @default 1_000 */
  readonly bootWaitMs?: number;
  /** How long `boot` may take, and the first lists after it. @default 120_000 */
  readonly bootTimeoutMs?: number;
  /** Called when the last try has failed, before `run` rejects: the place for `process.exit(1)`. */
  onBootFailed?(error: unknown): void;
  /** Is given each failure. @default none */
  readonly errorTracker?: ErrorTracker;
  /**
   * Count under giantswarm/operatorkit's names, too; what informers do as well, unless they are shared and so somebody else's: then
   * `giantswarmInformerMetrics` is for who shares them. @default false
   */
  readonly giantswarmMetrics?: boolean;
  /** The time stamps of every object as metrics, under giantswarm/operatorkit's names: one or two series for each object. @default false */
  readonly giantswarmTimestamps?: boolean;
}

export const RESYNC_MS = 300_000;

/** The sets, of which `resources` are one. */
export function resourceSetsOf<T extends KubernetesObject>({
  resources,
  resourceSets,
  init,
}: ResourceControllerOptions<T>): readonly ResourceSet<T>[] {
  return resourceSets ?? [{ name: "resources", resources: resources ?? [], ...(init !== undefined && { init }) }];
}

/** @throws {TypeError} naming the option that cannot work. */
export function checkResourceControllerOptions<T extends KubernetesObject>(options: ResourceControllerOptions<T>): void {
  checkOptions("ResourceController", options, {
    ...SHARED_RULES,
    resources: RESOURCES,
    resourceSets: someOf(anObject({ name: aString, handles: aFunction, init: aFunction, resources: required(RESOURCES) })),
    init: aFunction,
    finalizer: must("be a string, or false", (value) => value === false || typeof value === "string"),
    pauseAnnotations: aRecord(must("be a string: annotations are", (value) => typeof value === "string")),
    replacePauseDefaults: aBoolean,
    whenDeselected: oneOf("keep", "release", "cleanup"),
    boot: aFunction,
    bootTries: aNumber({ atLeast: 1, whole: true }),
    bootWaitMs: aNumber({ atLeast: 0 }),
    bootTimeoutMs: aNumber({ atLeast: 0 }),
    onBootFailed: aFunction,
    errorTracker: having("an ErrorTracker", ["capture"]),
    giantswarmMetrics: aBoolean,
    giantswarmTimestamps: aBoolean,
  });
  const { resources, resourceSets, init, whenDeselected = "keep", labelSelector, finalizer } = options;
  const refuse = (field: string, why: string): never => {
    throw optionError(`ResourceController ${options.name}`, field, why);
  };
  if ((resources === undefined) === (resourceSets === undefined)) refuse("resources", "give either resources or resourceSets");
  if (init !== undefined && resourceSets !== undefined) refuse("init", "belongs to a set where there are resourceSets");
  if (whenDeselected !== "keep" && labelSelector === undefined) refuse("whenDeselected", "is about a labelSelector, and there is none");
  if (whenDeselected !== "keep" && finalizer === false)
    refuse("whenDeselected", "is about the finalizer, and there is none with finalizer: false");
}

/** A list that is not empty. */
function someOf(item: Rule): Rule {
  const list = aList(item);
  const one = must("have one at least", (value) => Array.isArray(value) && value.length > 0);
  return { problem: (field, value) => list.problem(field, value) ?? one.problem(field, value) };
}

const RESOURCES: Rule = {
  problem(field, value) {
    const problem = someOf(aResource).problem(field, value);
    if (problem !== undefined) return problem;
    // They are resources, or there would be a problem.
    const names = (value as readonly AnyResource[]).map(({ name }) => name);
    const twice = names.findIndex((name, i) => names.indexOf(name) < i);
    return twice === -1 ? undefined : `${field}[${twice}].name: "${names[twice]}" is there twice`;
  },
};
