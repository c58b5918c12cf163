/** How a list is answered. */
export type ListPlan =
  /** The present state. */
  | { readonly type: "present" }
  /** The state at exactly this version. */
  | { readonly type: "exact"; readonly version: number }
  | { readonly type: "tooLarge" }
  /** The version is no number; what the answer is depends on the verb. */
  | { readonly type: "malformed" };

/**
 * The resourceVersion × resourceVersionMatch table of lists. An in-memory store is never behind, so "not older than" is the present.
 * `limit` is ignored for version "0", and with a version but no match it means that version exactly.
 *
 * Source: kubernetes.io/docs/reference/using-api/api-concepts, "the resourceVersion parameter".
 */
export function listPlan(resourceVersion: string, match: "" | "Exact" | "NotOlderThan", limit: number, current: number): ListPlan {
  if (resourceVersion === "") return { type: "present" };
  const version = parseVersion(resourceVersion);
  if (version === undefined) return { type: "malformed" };
  if (version > current) return { type: "tooLarge" };
  if (version === 0) return { type: "present" };
  if (match === "Exact" || (match === "" && limit > 0)) return { type: "exact", version };
  return { type: "present" };
}

/** A version as a number; `undefined` unless it is an unsigned decimal. */
export function parseVersion(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}
