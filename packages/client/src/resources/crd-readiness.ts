import type { CrdCondition, CustomResourceDefinition } from "./custom-resource-definition.ts";

/** How far a CRD has come. */
export type CrdReadiness =
  | { readonly type: "established" }
  | { readonly type: "waiting"; readonly for: string }
  /** It will not come by waiting. */
  | { readonly type: "refused"; readonly code: "NameConflict" | "NonStructuralSchema"; readonly message: string };

/**
 * Reads a CRD's conditions. Only `Established=True` counts: a CRD without conditions has not been looked at by the server
 * yet, and its objects would be answered by 404. One that is being deleted is still established, and soon gone: it is waited for.
 * A schema that is not structural is a fault only while the CRD is not served: one made through v1beta1 is served with it.
 */
export function crdReadiness(crd: CustomResourceDefinition): CrdReadiness {
  if (crd.metadata?.deletionTimestamp !== undefined) return { type: "waiting", for: "it to be gone: it is being deleted" };
  const condition = (type: string) => crd.status?.conditions?.find((candidate) => candidate.type === type);
  const names = condition("NamesAccepted");
  if (names?.status === "False") return { type: "refused", code: "NameConflict", message: wordsOf(names) };
  const established = condition("Established");
  if (established?.status === "True") return { type: "established" };
  const schema = condition("NonStructuralSchema");
  if (schema?.status === "True") return { type: "refused", code: "NonStructuralSchema", message: wordsOf(schema) };
  return {
    type: "waiting",
    for: `the condition Established to be True (${established === undefined ? "it is not there yet" : wordsOf(established)})`,
  };
}

function wordsOf({ type, status, reason, message }: CrdCondition): string {
  return message || reason || `${type} is ${status}`;
}
