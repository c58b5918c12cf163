import {
  aClient,
  aKind,
  isApiError,
  isConflict,
  isInvalid,
  ignoreNotFound,
  isNotFound,
  type JsonPatchOperation,
  type PatchClient,
  type Reader,
} from "@operatorkit/api";
import type { Kind, KubernetesObject, ObjectRef } from "@operatorkit/object";
import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { aFunction, aList, aNumber, anObject, aString, checkOptions, required, type Rule } from "@operatorkit/observe/options";
import { exponentialBackoff } from "@operatorkit/retry";
import { assertFinalizer } from "./finalizer-name.ts";

/** What the writer asks of a client. */
export type FinalizerClient = PatchClient & Pick<Reader, "get">;

export interface FinalizerOptions {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Where jitter comes from: 0 ≤ n < 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** How often a patch is tried when others write at the same time. @default 6 */
  readonly maxTries?: number | undefined;
}

export interface EnsureFinalizerOptions extends FinalizerOptions {
  /** Nothing is added to an object that has one of these. */
  readonly unless?: readonly string[] | undefined;
}

/**
 * Makes sure that `finalizer` is on the object, without touching any other. Returns the object as it then is: with the finalizer,
 * or without it when it is being deleted, because then none may be added. Undefined when the object is gone, or another has its name.
 *
 * `object` may be as old as a cache is: nothing is asked when it has the finalizer, and every patch is bound to the uid and the version
 * that was looked at. When somebody wrote in between, the object is read anew and all is decided again.
 *
 * @throws {TypeError} for a name the API server would refuse.
 * @throws {ApiError} for what is no conflict, and for the conflict that is left after `maxTries`.
 */
export function ensureFinalizer<T extends KubernetesObject>(
  client: FinalizerClient,
  kind: Kind<T>,
  object: T,
  finalizer: string,
  options: EnsureFinalizerOptions = {},
): Promise<T | undefined> {
  checkOptions("ensureFinalizer", { client, kind, object, ...options }, RULES);
  assertFinalizer(kind, finalizer);
  const { unless = [] } = options;
  return write(client, kind, object, options, (seen) => {
    const stands = seen.metadata.finalizers?.some((other) => unless.includes(other)) ?? false;
    return stands ? [] : additions(seen, finalizer);
  });
}

/**
 * Makes sure that `finalizer` (or any of several) is not on the object, without touching any other or their order. Returns the object
 * as it then is; undefined when it is gone, which is what the removal of a deleted object's last finalizer leads to, and success.
 *
 * The same binding, retries and errors as `ensureFinalizer`. Names are not checked: whatever is on an object may be removed.
 */
export function removeFinalizer<T extends KubernetesObject>(
  client: FinalizerClient,
  kind: Kind<T>,
  object: T,
  finalizer: string | readonly string[],
  options: FinalizerOptions = {},
): Promise<T | undefined> {
  checkOptions("removeFinalizer", { client, kind, object, ...options }, RULES);
  const unwanted = typeof finalizer === "string" ? [finalizer] : finalizer;
  return write(client, kind, object, options, ({ metadata }) => removals(metadata.finalizers ?? [], unwanted));
}

/**
 * Puts `finalizer` in the place of `placeholder`, in one patch, so that the object is never without either; appends it when the
 * placeholder is missing. Does nothing when the object is being deleted, because then none may be added.
 * Otherwise as `ensureFinalizer`.
 */
export function replaceFinalizer<T extends KubernetesObject>(
  client: FinalizerClient,
  kind: Kind<T>,
  object: T,
  placeholder: string,
  finalizer: string,
  options: FinalizerOptions = {},
): Promise<T | undefined> {
  checkOptions("replaceFinalizer", { client, kind, object, ...options }, RULES);
  assertFinalizer(kind, finalizer);
  return write(client, kind, object, options, (seen) => {
    const finalizers = seen.metadata.finalizers ?? [];
    const at = finalizers.indexOf(placeholder);
    if (seen.metadata.deletionTimestamp !== undefined) return [];
    if (finalizers.includes(finalizer)) return removals(finalizers, [placeholder]);
    if (at === -1) return additions(seen, finalizer);
    const path = `/metadata/finalizers/${at}`;
    return [
      { op: "test", path, value: placeholder },
      { op: "replace", path, value: finalizer },
    ];
  });
}

/** What `finalizerOptions` must be. */
export const WRITER_RULES: Readonly<Record<"maxTries" | "random", Rule>> = { maxTries: aNumber({ atLeast: 1 }), random: aFunction };
const RULES = {
  ...WRITER_RULES,
  client: required(aClient("get", "patch")),
  kind: required(aKind),
  object: required(anObject({ metadata: required(anObject({})) })),
  unless: aList(aString),
};

function additions({ metadata }: KubernetesObject, finalizer: string): JsonPatchOperation[] {
  const finalizers = metadata.finalizers ?? [];
  if (finalizers.includes(finalizer) || metadata.deletionTimestamp !== undefined) return [];
  return finalizers.length === 0
    ? [{ op: "add", path: "/metadata/finalizers", value: [finalizer] }]
    : [{ op: "add", path: "/metadata/finalizers/-", value: finalizer }];
}

/** From the last to the first, so that removing one does not move those still to be removed. */
function removals(finalizers: readonly string[], unwanted: readonly string[]): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  for (const [at, finalizer] of [...finalizers.entries()].reverse()) {
    if (!unwanted.includes(finalizer)) continue;
    const path = `/metadata/finalizers/${at}`;
    operations.push({ op: "test", path, value: finalizer }, { op: "remove", path });
  }
  return operations;
}

async function write<T extends KubernetesObject>(
  client: FinalizerClient,
  kind: Kind<T>,
  seen: T,
  { signal, clock = systemClock, random = Math.random, maxTries = 6 }: FinalizerOptions,
  decide: (object: T) => JsonPatchOperation[],
): Promise<T | undefined> {
  const { name, namespace, uid } = seen.metadata;
  const ref: ObjectRef = namespace === undefined || namespace === "" ? { name } : { name, namespace };
  const request = signal === undefined ? {} : { signal };
  const backoff = exponentialBackoff({ baseMs: 50, maxMs: 1_000, jitter: 1, random });
  let object = seen;
  for (let attempt = 0; ; attempt += 1) {
    const operations = decide(object);
    if (operations.length === 0) return object;
    try {
      return await client.patch(kind, ref, { type: "json", operations: [...guards(object), ...operations] }, request);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isLostRace(error) || attempt + 1 >= maxTries) throw error;
      // The first retry needs no wait: an object from a cache is simply often a little old.
      if (attempt > 0) await sleep(backoff(attempt - 1), { signal, clock });
      const fresh = await ignoreNotFound(client.get(kind, ref, request));
      if (fresh === undefined || (uid !== undefined && fresh.metadata.uid !== uid)) return undefined;
      object = fresh;
    }
  }
}

/**
 * Somebody else wrote in between: 409, or 422 for a patch whose tests failed. A 422 that names fields is about the object itself and
 * would come again. Source: kube-apiserver 1.36, which gives causes for an invalid object and none for a failed test.
 */
function isLostRace(error: unknown): boolean {
  return isConflict(error) || (isInvalid(error) && isApiError(error) && error.causes.length === 0);
}

/** The patch applies to exactly the state that was looked at, or not at all. */
function guards({ metadata: { uid, resourceVersion } }: KubernetesObject): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  if (uid !== undefined) operations.push({ op: "test", path: "/metadata/uid", value: uid });
  if (resourceVersion !== undefined) operations.push({ op: "test", path: "/metadata/resourceVersion", value: resourceVersion });
  return operations;
}
