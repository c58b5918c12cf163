import type { Condition } from "./kubernetes-object.ts";

/** A condition as a controller finds it out; when it changed is worked out by `withCondition`. */
export interface ConditionUpdate {
  readonly type: string;
  readonly status: Condition["status"];
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people; may be empty. */
  readonly message: string;
}

export interface WithConditionOptions {
  /** The time to write when the status has changed. */
  readonly nowMs: number;
  /** The `metadata.generation` that the condition speaks about. */
  readonly generation?: number;
}

/**
 * The conditions with one set: the others stay as they are and in their order, a new one comes last. `lastTransitionTime` changes only
 * when the status does, so that a controller may set its conditions on every turn. When nothing changes, the very same array comes back.
 *
 * Source: k8s.io/apimachinery `api/meta/conditions.go` SetStatusCondition.
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  next: ConditionUpdate,
  options: WithConditionOptions,
): readonly Condition[] {
  const before = findCondition(conditions, next.type);
  const observedGeneration = options.generation ?? before?.observedGeneration;
  const condition: Condition = {
    type: next.type,
    status: next.status,
    reason: next.reason,
    message: next.message,
    lastTransitionTime: before?.status === next.status ? before.lastTransitionTime : rfc3339(options.nowMs),
    ...(observedGeneration !== undefined && { observedGeneration }),
  };
  if (conditions === undefined || before === undefined) return [...(conditions ?? []), condition];
  return isSame(before, condition) ? conditions : conditions.map((one) => (one.type === next.type ? condition : one));
}

/** The conditions without those of one type; the very same array when there are none. */
export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  if (conditions === undefined) return [];
  return findCondition(conditions, type) === undefined ? conditions : conditions.filter((condition) => condition.type !== type);
}

/** The condition of a type. Works for the conditions of built-in kinds too. */
export function findCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether a condition is there and `True`. `Unknown` is not true. */
export function isConditionTrue(
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
  type: string,
): boolean {
  return findCondition(conditions, type)?.status === "True";
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.lastTransitionTime === b.lastTransitionTime &&
    a.observedGeneration === b.observedGeneration
  );
}

/** Kubernetes keeps whole seconds. */
function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
