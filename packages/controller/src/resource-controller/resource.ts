import type { KubernetesObject } from "@operatorkit/object";
import type { ResourceContext } from "./resource-context.ts";

/**
 * One thing that is made for an object, and unmade with it. Both functions are called again and again and must come to the same end.
 * One that has nothing to do returns.
 */
export interface Resource<T extends KubernetesObject = KubernetesObject> {
  /** In logs and metrics; unique in its list. */
  readonly name: string;
  /** The object was created or changed, or it is time for a resync. */
  ensureCreated(context: ResourceContext<T>): Promise<void> | void;
  /** The object is being deleted. Called in the same order as `ensureCreated`. */
  ensureDeleted(context: ResourceContext<T>): Promise<void> | void;
}

/** What has to change. A part that is set is applied, also when it is an empty list; a part that is `undefined` is not. */
export interface ResourcePatch<State> {
  readonly create?: State | undefined;
  readonly update?: State | undefined;
  readonly delete?: State | undefined;
}

/**
 * A resource told in seven steps: what there is, what there should be, the difference, and how to apply it.
 * A controller runs them in this order: current state, desired state, patch, and then the parts of the patch: create, delete, update.
 */
export interface CrudResource<T extends KubernetesObject = KubernetesObject, State = unknown> {
  readonly name: string;
  getCurrentState(context: ResourceContext<T>): Promise<State> | State;
  getDesiredState(context: ResourceContext<T>): Promise<State> | State;
  /** What to do when the object is there. `undefined`: nothing. */
  newUpdatePatch(current: State, desired: State, context: ResourceContext<T>): MaybePatch<State>;
  /** What to do when the object is being deleted. `undefined`: nothing. */
  newDeletePatch(current: State, desired: State, context: ResourceContext<T>): MaybePatch<State>;
  applyCreateChange(change: State, context: ResourceContext<T>): Promise<void> | void;
  applyUpdateChange(change: State, context: ResourceContext<T>): Promise<void> | void;
  applyDeleteChange(change: State, context: ResourceContext<T>): Promise<void> | void;
}

export type MaybePatch<State> = Promise<ResourcePatch<State> | undefined> | ResourcePatch<State> | undefined;

/** What a list of resources holds. */
export type AnyResource<T extends KubernetesObject = KubernetesObject> = Resource<T> | CrudResource<T>;

export function isCrudResource<T extends KubernetesObject>(resource: AnyResource<T>): resource is CrudResource<T> {
  return "getCurrentState" in resource;
}
