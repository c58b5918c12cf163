import type { KubernetesObject } from "@operatorkit/object";
import { checkOptions, required } from "@operatorkit/observe/options";
import { aCrudResource } from "./a-resource.ts";
import type { CrudResource, Resource, ResourcePatch } from "./resource.ts";
import type { ResourceContext } from "./resource-context.ts";

/**
 * Runs a CRUD resource as a resource. Before each step it looks whether the resource or the reconciliation was cancelled, and stops if so.
 * The step's name is in the log context as `function`.
 *
 * @throws {TypeError} for what is no CRUD resource.
 */
export function crudSteps<T extends KubernetesObject, State>(crud: CrudResource<T, State>): Resource<T> {
  checkOptions("crudSteps", { crud }, { crud: required(aCrudResource) });
  const ensure = async (context: ResourceContext<T>, newPatch: "newUpdatePatch" | "newDeletePatch"): Promise<void> => {
    const step = stepper(context);
    const current = await step("getCurrentState", (at) => crud.getCurrentState(at));
    const desired = await step("getDesiredState", (at) => crud.getDesiredState(at));
    if (current === SKIPPED || desired === SKIPPED) return;
    const patch = await step(newPatch, (at) => crud[newPatch](current.value, desired.value, at));
    if (patch !== SKIPPED) await apply(crud, patch.value, step);
  };
  return {
    name: crud.name,
    ensureCreated: (context) => ensure(context, "newUpdatePatch"),
    ensureDeleted: (context) => ensure(context, "newDeletePatch"),
  };
}

const SKIPPED = Symbol("skipped");

type Step<T extends KubernetesObject> = <R>(
  name: string,
  run: (context: ResourceContext<T>) => Promise<R> | R,
) => Promise<{ readonly value: R } | typeof SKIPPED>;

function stepper<T extends KubernetesObject>(context: ResourceContext<T>): Step<T> {
  return async (name, run) => {
    if (context.isResourceCancelled || context.isReconciliationCancelled) return SKIPPED;
    // A copy of the getters rather than a spread, which would read the flags once and for all.
    const parts = { ...Object.getOwnPropertyDescriptors(context), log: { value: context.log.with({ function: name }), enumerable: true } };
    // It has every property that a context has.
    const at = Object.defineProperties({}, parts) as ResourceContext<T>;
    return { value: await run(at) };
  };
}

/** Create, delete, update: what giantswarm/operatorkit does, whatever its comments say. */
async function apply<T extends KubernetesObject, State>(
  crud: CrudResource<T, State>,
  patch: ResourcePatch<State> | undefined,
  step: Step<T>,
): Promise<void> {
  if (patch === undefined) return;
  const { create, delete: remove, update } = patch;
  if (create !== undefined) await step("applyCreateChange", (at) => crud.applyCreateChange(create, at));
  if (remove !== undefined) await step("applyDeleteChange", (at) => crud.applyDeleteChange(remove, at));
  if (update !== undefined) await step("applyUpdateChange", (at) => crud.applyUpdateChange(update, at));
}
