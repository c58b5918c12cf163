import type { KubernetesObject } from "@operatorkit/object";
import { aFunction, checkOptions, required } from "@operatorkit/observe/options";
import { aResource } from "./a-resource.ts";
import { isCrudResource, type AnyResource, type CrudResource, type Resource } from "./resource.ts";
import type { ResourceContext } from "./resource-context.ts";

/** The functions of resources that can be wrapped. */
export type ResourceFunction = keyof Omit<Resource, "name"> | keyof Omit<CrudResource, "name">;

/** One call of a resource's function. */
export interface ResourceCall {
  /** The resource's name. */
  readonly resource: string;
  readonly function: ResourceFunction;
  readonly context: ResourceContext;
}

/** What is done around every call: it calls `run` as often as it likes, and returns what that returned. */
export type AroundCall = <R>(call: ResourceCall, run: () => Promise<R>) => Promise<R>;

/** What wrapping gives: the functions of the resource, and nothing else of it. */
export type Wrapped<R extends AnyResource> =
  R extends CrudResource<infer T, infer State> ? CrudResource<T, State> : R extends Resource<infer T> ? Resource<T> : never;

/**
 * A resource like `resource`, with `around` done around each of its functions: the two of a basic resource, the seven of a CRUD
 * resource. The given resource stays as it is; wrapping a wrapped one nests, the last outermost.
 *
 * @throws {TypeError} for what is no resource.
 */
export function wrapResource<R extends AnyResource>(resource: R, around: AroundCall): Wrapped<R>;
export function wrapResource<T extends KubernetesObject>(resource: AnyResource<T>, around: AroundCall): AnyResource<T> {
  checkOptions("wrapResource", { resource, around }, { resource: required(aResource), around: required(aFunction) });
  const { name } = resource;
  const on = <R>(fn: ResourceFunction, context: ResourceContext<T>, run: () => Promise<R> | R): Promise<R> =>
    around({ resource: name, function: fn, context }, async () => run());
  if (!isCrudResource(resource)) {
    return {
      name,
      ensureCreated: (context) => on("ensureCreated", context, () => resource.ensureCreated(context)),
      ensureDeleted: (context) => on("ensureDeleted", context, () => resource.ensureDeleted(context)),
    };
  }
  return {
    name,
    getCurrentState: (context) => on("getCurrentState", context, () => resource.getCurrentState(context)),
    getDesiredState: (context) => on("getDesiredState", context, () => resource.getDesiredState(context)),
    newUpdatePatch: (current, desired, context) => on("newUpdatePatch", context, () => resource.newUpdatePatch(current, desired, context)),
    newDeletePatch: (current, desired, context) => on("newDeletePatch", context, () => resource.newDeletePatch(current, desired, context)),
    applyCreateChange: (change, context) => on("applyCreateChange", context, () => resource.applyCreateChange(change, context)),
    applyUpdateChange: (change, context) => on("applyUpdateChange", context, () => resource.applyUpdateChange(change, context)),
    applyDeleteChange: (change, context) => on("applyDeleteChange", context, () => resource.applyDeleteChange(change, context)),
  };
}
