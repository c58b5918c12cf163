import type { Client } from "@operatorkit/api";
import { parseLabelSelector, type KubernetesObject } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";
import type { ControllerOptions } from "../controller.ts";
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

/** The sets, of which `resources` are one. @throws {TypeError} naming the option that cannot work. */
export function resourceSetsOf<T extends KubernetesObject>({
  name,
  resources,
  resourceSets,
  init,
}: ResourceControllerOptions<T>): readonly ResourceSet<T>[] {
  const refuse = (field: string, why: string): never => {
    throw new TypeError(`resource controller ${name}: ${field}: ${why}`);
  };
  if ((resources === undefined) === (resourceSets === undefined)) refuse("resources", "give either resources or resourceSets");
  if (init !== undefined && resourceSets !== undefined) refuse("init", "belongs to a set where there are resourceSets");
  if (resourceSets !== undefined && !Array.isArray(resourceSets)) refuse("resourceSets", "must be a list");
  const sets = resourceSets ?? [{ name: "resources", resources: resources ?? [], ...(init !== undefined && { init }) }];
  if (sets.length === 0) refuse("resourceSets", "must have one at least");
  for (const [i, set] of sets.entries()) {
    for (const fn of ["handles", "init"] as const) {
      if (set?.[fn] !== undefined && typeof set[fn] !== "function")
        refuse(resourceSets === undefined ? fn : `resourceSets[${i}].${fn}`, "must be a function");
    }
    checkResources(set?.resources, resourceSets === undefined ? "resources" : `resourceSets[${i}].resources`, refuse);
  }
  return sets;
}

function checkResources<T extends KubernetesObject>(
  resources: readonly AnyResource<T>[],
  field: string,
  refuse: (field: string, why: string) => never,
): void {
  if (!Array.isArray(resources) || resources.length === 0) refuse(field, "must have one at least");
  const seen = new Set<string>();
  for (const [i, resource] of resources.entries()) {
    if (typeof resource !== "object" || resource === null) refuse(`${field}[${i}]`, "must be a resource");
    const { name } = resource;
    if (typeof name !== "string" || name === "") refuse(`${field}[${i}].name`, "is missing");
    if (seen.has(name)) refuse(`${field}[${i}].name`, `"${name}" is there twice`);
    seen.add(name);
    for (const fn of "getCurrentState" in resource ? CRUD_FUNCTIONS : BASIC_FUNCTIONS) {
      if (typeof Reflect.get(resource, fn) !== "function") refuse(`${field}[${i}].${fn}`, "must be a function");
    }
  }
}

const BASIC_FUNCTIONS = ["ensureCreated", "ensureDeleted"] as const;
const CRUD_FUNCTIONS = [
  "getCurrentState",
  "getDesiredState",
  "newUpdatePatch",
  "newDeletePatch",
  "applyCreateChange",
  "applyUpdateChange",
  "applyDeleteChange",
] as const;

/** @throws {TypeError} naming the option that cannot work. */
export function checkResourceOptions<T extends KubernetesObject>(options: ResourceControllerOptions<T>): void {
  const refuse = (field: string, why: string): never => {
    throw new TypeError(`resource controller ${options.name}: ${field}: ${why}`);
  };
  const { bootTries, whenDeselected = "keep", labelSelector } = options;
  if (bootTries !== undefined && !(Number.isInteger(bootTries) && bootTries >= 1)) refuse("bootTries", `${bootTries} must be 1 or more`);
  for (const field of ["bootWaitMs", "bootTimeoutMs"] as const) {
    const value = options[field];
    if (value !== undefined && !(value >= 0)) refuse(field, `${value} must be a number, 0 or more`);
  }
  if (!["keep", "release", "cleanup"].includes(whenDeselected))
    refuse("whenDeselected", `${whenDeselected} must be keep, release or cleanup`);
  if (whenDeselected !== "keep" && labelSelector === undefined) refuse("whenDeselected", "is about a labelSelector, and there is none");
  if (whenDeselected !== "keep" && options.finalizer === false)
    refuse("whenDeselected", "is about the finalizer, and there is none with finalizer: false");
  if (labelSelector !== undefined) {
    try {
      parseLabelSelector(labelSelector);
    } catch (error) {
      refuse("labelSelector", error instanceof Error ? error.message : String(error));
    }
  }
  for (const field of ["boot", "onBootFailed", "onError"] as const) {
    if (options[field] !== undefined && typeof options[field] !== "function") refuse(field, "must be a function");
  }
  if (options.errorTracker !== undefined && typeof options.errorTracker?.capture !== "function")
    refuse("errorTracker", "must have a capture method");
  for (const [key, value] of Object.entries(options.pauseAnnotations ?? {})) {
    if (typeof value !== "string") refuse(`pauseAnnotations.${key}`, "must be a string: annotations are");
  }
}
