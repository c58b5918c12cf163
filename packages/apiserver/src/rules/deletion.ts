import { type JsonObject, listAt, objectAt } from "../json-object.ts";

/** What a delete asks for, from its options. */
export interface DeletionRequest {
  readonly policy: "Orphan" | "Background" | "Foreground" | undefined;
  readonly gracePeriodSeconds: number | undefined;
  readonly nowMs: number;
}

/** What to do with the object. */
export type DeletionStep =
  /** Remove it now. */
  | { readonly type: "remove" }
  /** Store it marked, then remove it: watchers see both. */
  | { readonly type: "markAndRemove"; readonly object: JsonObject }
  /** Store it marked; someone else finishes. */
  | { readonly type: "mark"; readonly object: JsonObject }
  /** It is being deleted already and the request changes nothing. */
  | { readonly type: "pending" };

export const ORPHAN = "orphan";
export const FOREGROUND = "foregroundDeletion";

/**
 * Decides what a delete does. `gracePeriodOf` is given for kinds that stop gracefully.
 * Source: apiserver `registry/generic/registry/store.go` (Delete, updateForGracefulDeletionAndFinalizers), `registry/rest/delete.go` (BeforeDelete).
 */
export function deletionStep(
  object: JsonObject,
  request: DeletionRequest,
  gracePeriodOf?: (object: JsonObject, requested: number | undefined) => number,
): DeletionStep {
  let next = object;
  let seconds = 0;
  if (gracePeriodOf !== undefined) {
    seconds = Math.max(0, gracePeriodOf(object, request.gracePeriodSeconds));
    const graceful = marked(object, seconds, request.nowMs);
    if (graceful === undefined) return { type: "pending" };
    next = graceful;
  }
  const finalizers = finalizersAfter(finalizersOf(object), request.policy);
  const held = finalizers.length > 0;
  next = withFinalizers(next, finalizers);
  if (held && gracePeriodOf === undefined) next = markedNow(next, request.nowMs);
  if (held || seconds > 0) return { type: "mark", object: next };
  return gracePeriodOf === undefined ? { type: "remove" } : { type: "markAndRemove", object: next };
}

/** True when an update leaves nothing that holds a deleted object back. */
export function isReleased(object: JsonObject): boolean {
  const metadata = objectAt(object, "metadata");
  return (
    metadata["deletionTimestamp"] !== undefined &&
    finalizersOf(object).length === 0 &&
    ((metadata["deletionGracePeriodSeconds"] as number | undefined) ?? 0) === 0
  );
}

/** The finalizers after `policy`: at most one of the two that steer the garbage collector, and only if it asks for it. */
export function finalizersAfter(finalizers: readonly string[], policy: DeletionRequest["policy"]): readonly string[] {
  const steering = finalizers.find((name) => name === ORPHAN || name === FOREGROUND);
  const wanted = policy === "Orphan" ? ORPHAN : policy === "Foreground" ? FOREGROUND : policy === "Background" ? undefined : steering;
  const others = finalizers.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  return wanted === undefined ? others : [...others, wanted];
}

export function finalizersOf(object: JsonObject): readonly string[] {
  return listAt(objectAt(object, "metadata"), "finalizers") as readonly string[];
}

/** Marked for deletion in `seconds`, or `undefined` when it is being deleted already at least that soon. */
function marked(object: JsonObject, seconds: number, nowMs: number): JsonObject | undefined {
  const metadata = objectAt(object, "metadata");
  const current = metadata["deletionTimestamp"];
  if (typeof current !== "string") {
    return withMetadata(object, {
      deletionTimestamp: timestamp(nowMs + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
      ...bumped(metadata),
    });
  }
  const period = typeof metadata["deletionGracePeriodSeconds"] === "number" ? metadata["deletionGracePeriodSeconds"] : 0;
  if (seconds >= period) return undefined;
  const started = Date.parse(current) - period * 1000;
  return withMetadata(object, {
    deletionTimestamp: timestamp(Math.max(started + seconds * 1000, seconds === 0 ? nowMs : 0)),
    deletionGracePeriodSeconds: seconds,
  });
}

function markedNow(object: JsonObject, nowMs: number): JsonObject {
  const metadata = objectAt(object, "metadata");
  const current = metadata["deletionTimestamp"];
  const already = typeof current === "string";
  if (already && metadata["deletionGracePeriodSeconds"] === 0) return object;
  return withMetadata(object, {
    deletionTimestamp: already && Date.parse(current) <= nowMs ? current : timestamp(nowMs),
    deletionGracePeriodSeconds: 0,
    ...(already ? {} : bumped(metadata)),
  });
}

/** Source: `markAsDeleting`: a kind that counts generations counts its deletion. */
function bumped(metadata: JsonObject): JsonObject {
  const generation = metadata["generation"];
  return typeof generation === "number" && generation > 0 ? { generation: generation + 1 } : {};
}

function withFinalizers(object: JsonObject, finalizers: readonly string[]): JsonObject {
  const before = finalizersOf(object);
  if (before.length === finalizers.length && before.every((name, index) => name === finalizers[index])) return object;
  const { finalizers: _, ...metadata } = objectAt(object, "metadata");
  return { ...object, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
}

function withMetadata(object: JsonObject, changes: JsonObject): JsonObject {
  return { ...object, metadata: { ...objectAt(object, "metadata"), ...changes } };
}

/** Whole seconds in UTC, as `metav1.Time` writes them. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
