import { findCondition, sameJson, withCondition, type Condition, type Json, type KubernetesObject } from "@operatorkit/object";
import type { ConditionInput } from "./reconcile-result.ts";

/** A status as plain JSON. */
export type Status = { readonly [field: string]: Json };

export interface StatusIntent {
  readonly status?: object | undefined;
  readonly conditions?: readonly ConditionInput[] | undefined;
}

export interface DesiredStatusOptions {
  /** The kind's status has `observedGeneration`. */
  readonly observesGeneration: boolean;
  readonly nowMs: number;
}

/**
 * The status to apply so that the object says what its reconcile returned, or `undefined` when it returned nothing about it.
 * What was left out (all of `status`, or all of `conditions`) is carried over from the object, since an apply without it would remove it.
 */
export function desiredStatus(
  object: KubernetesObject,
  intent: StatusIntent,
  { observesGeneration, nowMs }: DesiredStatusOptions,
): Status | undefined {
  if (intent.status === undefined && intent.conditions === undefined) return undefined;
  const current = statusOf(object);
  const { conditions: given, ...fields } = plain(intent.status ?? current);
  const { generation } = object.metadata;
  // Conditions inside `status` are taken as they are: built-in kinds have conditions of their own shapes.
  const conditions =
    intent.conditions === undefined
      ? ((given ?? current.conditions) as readonly Condition[] | undefined)
      : withTransitions(intent.conditions, conditionsOf(current), { nowMs, generation });
  return {
    ...fields,
    ...(conditions !== undefined && { conditions: conditions.map((condition) => ({ ...condition })) }),
    ...(observesGeneration && generation !== undefined && { observedGeneration: generation }),
  };
}

/** The status an object has. */
export function statusOf(object: KubernetesObject): Status {
  // Which kinds have a status, the type does not say.
  return (object as { status?: Status }).status ?? {};
}

/** Whether two statuses say the same; conditions are a map by type, so their order says nothing. */
export function sameStatus(a: Status, b: Status): boolean {
  return sameJson(ordered(a), ordered(b));
}

function withTransitions(
  inputs: readonly ConditionInput[],
  current: readonly Condition[],
  { nowMs, generation }: { readonly nowMs: number; readonly generation: number | undefined },
): Condition[] {
  const byType = new Map<string, Condition>();
  for (const { lastTransitionTime, observedGeneration, message = "", ...input } of inputs) {
    const about = observedGeneration ?? generation;
    const set = withCondition(current, { ...input, message }, { nowMs, ...(about !== undefined && { generation: about }) });
    const condition = findCondition(set, input.type);
    if (condition !== undefined) byType.set(input.type, { ...condition, ...(lastTransitionTime !== undefined && { lastTransitionTime }) });
  }
  return [...byType.values()];
}

function conditionsOf(status: Status): readonly Condition[] {
  return Array.isArray(status.conditions) ? status.conditions : [];
}

function ordered(status: Status): Status {
  if (!Array.isArray(status.conditions)) return status;
  const conditions = (status.conditions as unknown as readonly Condition[]).toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return { ...status, conditions: conditions.map((condition) => ({ ...condition })) };
}

/** As the server will read it: without what JSON has no word for, such as `undefined`. */
function plain(status: object): Status {
  return JSON.parse(JSON.stringify(status)) as Status;
}
