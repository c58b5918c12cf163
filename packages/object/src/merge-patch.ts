import type { Json } from "./kubernetes-object.ts";
import { sameJson } from "./same-json.ts";
import { setOwn } from "./set-own.ts";

type JsonMap = { readonly [key: string]: Json };

/**
 * The target after a JSON merge patch (RFC 7386): maps merge, `null` removes a key, anything else replaces. Neither argument is
 * changed (both may be frozen); the result shares the parts that stayed the same.
 *
 * Follows kube-apiserver (evanphx/json-patch v4) where it differs from the RFC: inside a list that is replaced or added, null
 * fields of the new items are dropped too.
 */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isMap(patch)) return isMap(target) ? patch : withoutNulls(patch);
  if (!isMap(target)) return withoutNulls(patch);
  const result: Record<string, Json> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const current = Object.hasOwn(target, key) ? target[key] : undefined;
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(current ?? null, value));
  }
  return result;
}

/**
 * The smallest merge patch that turns `before` into `after`: `{}` when they are equal. Lists are patched whole.
 * A map entry that is null in `after` cannot be said in a merge patch; it comes out as its removal.
 */
export function mergePatchBetween(before: Json, after: Json): Json {
  if (!isMap(before) || !isMap(after)) return after;
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) setOwn(patch, key, null);
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old === undefined) setOwn(patch, key, value);
    else if (isMap(old) && isMap(value)) {
      const difference = mergePatchBetween(old, value);
      if (Object.keys(difference as JsonMap).length > 0) setOwn(patch, key, difference);
    } else if (!sameJson(old, value)) setOwn(patch, key, value);
  }
  return patch;
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` with null fields dropped, in maps inside lists too; items of a list stay, even null ones. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutNulls);
  if (!isMap(value)) return value;
  const result: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) if (part !== null) setOwn(result, key, withoutNulls(part));
  return result;
}
