import { type JsonObject, isObject, listAt } from "../json-object.ts";

/** One condition of a CRD's status. */
export interface CrdCondition {
  readonly type: "NamesAccepted" | "Established" | "Terminating" | "NonStructuralSchema";
  readonly status: "True" | "False";
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

/** The status with a condition set; its time moves only when its status does. */
export function withCondition(status: JsonObject, condition: CrdCondition): JsonObject {
  const conditions = listAt(status, "conditions").filter(isObject);
  const index = conditions.findIndex((known) => known["type"] === condition.type);
  if (index === -1) return { ...status, conditions: [...conditions, condition] };
  const known = conditions[index] as JsonObject;
  const lastTransitionTime = known["status"] === condition.status ? known["lastTransitionTime"] : condition.lastTransitionTime;
  return { ...status, conditions: conditions.with(index, { ...condition, lastTransitionTime }) };
}

export function hasCondition(status: JsonObject, type: CrdCondition["type"]): boolean {
  return listAt(status, "conditions").some(
    (condition) => isObject(condition) && condition["type"] === type && condition["status"] === "True",
  );
}
