import type { Kind } from "@operatorkit/object";

/** Which kinds the API server has that take all of the verbs, in their preferred version: `KubernetesClient` fits. */
export interface KindSource {
  kinds(options: { readonly verbs: readonly string[]; readonly signal: AbortSignal }): Promise<readonly Kind[]>;
}

/** How often the kinds are asked for again, beside every change of a CustomResourceDefinition. */
export const KINDS_REFRESH_MS = 30_000;

/** `apps/deployments`: the same kind in two versions is one resource. */
export function resourceOf({ group, plural }: Kind): string {
  return `${group}/${plural}`;
}

/** What can be collected, or emptied out of a namespace. */
export const COLLECTABLE: readonly string[] = ["list", "watch", "delete"];
