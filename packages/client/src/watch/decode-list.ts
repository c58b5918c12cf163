import { ApiError } from "@operatorkit/api";

/** A list as it came, its frame checked, its items not. */
export interface RawList {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Checks that an answer is a list before anything is concluded from what is not in it. */
export function decodeList(value: unknown, action: string): RawList {
  const malformed = (why: string): ApiError => new ApiError(`${action}: the answer is not a list: ${why}`, { code: "MalformedResponse" });
  if (value === null || typeof value !== "object") throw malformed("it is not an object");
  const { kind, items, metadata } = value as { kind?: unknown; items?: unknown; metadata?: unknown };
  if (typeof kind !== "string" || !kind.endsWith("List")) throw malformed(`its kind is ${JSON.stringify(kind)}`);
  // Go writes an empty list as null.
  if (items !== null && !Array.isArray(items)) throw malformed("it has no items");
  if (metadata === null || typeof metadata !== "object") throw malformed("it has no metadata");
  const { resourceVersion, continue: next, remainingItemCount } = metadata as Record<string, unknown>;
  if (typeof resourceVersion !== "string") throw malformed("it has no metadata.resourceVersion");
  return {
    items: items ?? [],
    resourceVersion,
    ...(typeof next === "string" && next !== "" ? { continue: next } : {}),
    ...(typeof remainingItemCount === "number" ? { remainingItemCount } : {}),
  };
}
