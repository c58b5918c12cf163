import type { Kind } from "@operatorkit/object";

/** A finalizer that somebody keeps on the objects of a kind, and takes off alone. */
export interface FinalizerClaim {
  readonly kind: Pick<Kind, "group" | "kind">;
  readonly finalizer: string;
  /** Kept on the objects of this namespace only. */
  readonly namespace?: string | undefined;
  /** Kept on the objects that match only. */
  readonly labelSelector?: string | undefined;
}

/**
 * A finalizer that both keep on the same objects, if there is one: the first to be done with a deletion takes it off, and the object goes
 * before the other had its turn (giantswarm/aws-operator #886).
 *
 * Different namespaces keep them apart, and so do different label selectors, of which their author says that they are disjoint.
 */
export function clashingFinalizer(some: readonly FinalizerClaim[], others: readonly FinalizerClaim[]): FinalizerClaim | undefined {
  return some.find((one) => others.some((other) => doClash(one, other)));
}

function doClash(a: FinalizerClaim, b: FinalizerClaim): boolean {
  if (a.finalizer !== b.finalizer || a.kind.group !== b.kind.group || a.kind.kind !== b.kind.kind) return false;
  return !areApart(a.namespace, b.namespace) && !areApart(a.labelSelector, b.labelSelector);
}

/** Left out or empty means all. */
function areApart(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a !== "" && b !== undefined && b !== "" && a !== b;
}
