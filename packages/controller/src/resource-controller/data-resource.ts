import { isAlreadyExists, isNotFound } from "@operatorkit/api";
import { keyOf, refOf, sameJson, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import { aFunction, aList, aString, checkOptions, required } from "@operatorkit/observe/options";
import type { CrudResource, ResourcePatch } from "./resource.ts";
import type { ResourceContext } from "./resource-context.ts";

/** What a resource of ConfigMaps or Secrets is made from. */
export interface DataResourceOptions<T extends KubernetesObject, S extends DataObject> {
  readonly name: string;
  /** Those there are: what is not desired among them is deleted. */
  getCurrentState(context: ResourceContext<T>): Promise<readonly S[]> | readonly S[];
  /** Those there should be. */
  getDesiredState(context: ResourceContext<T>): Promise<readonly S[]> | readonly S[];
  /** Labels that others may put on them: they stay although they are not desired. @default none */
  readonly allowedLabels?: readonly string[];
}

/** @throws {TypeError} naming the option that cannot work. */
export function checkDataResourceOptions<T extends KubernetesObject, S extends DataObject>(
  what: string,
  options: DataResourceOptions<T, S>,
): void {
  checkOptions(what, options, {
    name: required(aString),
    getCurrentState: required(aFunction),
    getDesiredState: required(aFunction),
    allowedLabels: aList(aString),
  });
}

/** A ConfigMap or a Secret. */
export type DataObject = KubernetesObject & {
  readonly data?: StringMap;
  readonly binaryData?: StringMap;
};

type StringMap = Readonly<Record<string, string>>;

/**
 * Keeps a list of objects that hold data as desired: those missing are created, those not desired deleted, and those whose
 * annotations, labels or data differ updated with the rest as it is now, so that the update is refused when somebody else wrote in
 * between. When the object is being deleted, all current ones are deleted.
 */
export function dataResource<T extends KubernetesObject, S extends DataObject>(
  kind: Kind<S>,
  { name, getCurrentState, getDesiredState, allowedLabels = [] }: DataResourceOptions<T, S>,
): CrudResource<T, readonly S[]> {
  return {
    name,
    getCurrentState,
    getDesiredState,
    newUpdatePatch: (current, desired) => dataPatch(current, desired, allowedLabels),
    newDeletePatch: (current) => ({ delete: current }),
    async applyCreateChange(objects, { api }) {
      for (const object of objects) await unless(isAlreadyExists, () => api.create(object));
    },
    async applyUpdateChange(objects, { api }) {
      for (const object of objects) await api.update(object);
    },
    async applyDeleteChange(objects, { api }) {
      for (const object of objects) await unless(isNotFound, () => api.delete(kind, refOf(keyOf(object))));
    },
  };
}

/** The difference between two lists, by namespace and name. What is empty is left out. */
export function dataPatch<S extends DataObject>(
  current: readonly S[],
  desired: readonly S[],
  allowedLabels: readonly string[],
): ResourcePatch<readonly S[]> {
  const currentByKey = byKey(current, "current");
  const desiredByKey = byKey(desired, "desired");
  const create: S[] = [];
  const update: S[] = [];
  for (const [key, wanted] of desiredByKey) {
    const there = currentByKey.get(key);
    if (there === undefined) create.push(wanted);
    else {
      const changed = overwritten(there, wanted, allowedLabels);
      if (changed !== undefined) update.push(changed);
    }
  }
  const remove = current.filter((object) => !desiredByKey.has(keyOf(object)));
  return {
    ...(create.length > 0 && { create }),
    ...(remove.length > 0 && { delete: remove }),
    ...(update.length > 0 && { update }),
  };
}

/** `current` with the annotations, labels and data of `desired`; `undefined` when that changes nothing. */
function overwritten<S extends DataObject>(current: S, desired: S, allowedLabels: readonly string[]): S | undefined {
  const carried = Object.entries(current.metadata.labels ?? {}).filter(([label]) => allowedLabels.includes(label));
  const labels = { ...Object.fromEntries(carried), ...desired.metadata.labels };
  const { annotations } = desired.metadata;
  const isSame =
    sameMaps(current.metadata.labels, labels) &&
    sameMaps(current.metadata.annotations, annotations) &&
    sameMaps(current.data, desired.data) &&
    sameMaps(current.binaryData, desired.binaryData);
  if (isSame) return undefined;
  const { data: _data, binaryData: _binaryData, ...rest } = current;
  const changed: DataObject = {
    ...rest,
    metadata: { ...current.metadata, labels, annotations: annotations ?? {} },
    ...(desired.data !== undefined && { data: desired.data }),
    ...(desired.binaryData !== undefined && { binaryData: desired.binaryData }),
  };
  // All of an S is there: the fields of `current`, some with the values of `desired`, which is an S too.
  return changed as S;
}

function byKey<S extends DataObject>(objects: readonly S[], what: string): Map<ObjectKey, S> {
  const map = new Map<ObjectKey, S>();
  for (const object of objects) {
    const key = keyOf(object);
    if (map.has(key)) throw new TypeError(`${what} state: ${object.kind} ${key} is there twice`);
    map.set(key, object);
  }
  return map;
}

/** No map and an empty one are the same to the API. */
function sameMaps(a: StringMap | undefined, b: StringMap | undefined): boolean {
  return sameJson({ ...a }, { ...b });
}

async function unless(isDone: (error: unknown) => boolean, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDone(error)) throw error;
  }
}
