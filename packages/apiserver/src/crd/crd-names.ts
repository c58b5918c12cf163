import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { timestamp } from "../rules/deletion.ts";
import { hasCondition, withCondition } from "./crd-conditions.ts";

/** Names that other resources of the same group have. */
export interface TakenNames {
  /** Plurals, singulars and short names. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and list kinds. */
  readonly kinds: ReadonlySet<string>;
}

/**
 * A CRD's status after its names were looked at: accepted unless another CRD of the group has them, and established once they are.
 * Source: apiextensions-apiserver `pkg/controller/status/naming_controller.go`, `pkg/controller/establish`.
 */
export function namedStatus(crd: JsonObject, taken: TakenNames, nowMs: number): JsonObject {
  const status = objectAt(crd, "status");
  const wanted = objectAt(objectAt(crd, "spec"), "names");
  const before = objectAt(status, "acceptedNames");
  const accepted: JsonObject = {};
  const conflicts: string[] = [];
  const choose = (key: string, set: ReadonlySet<string>): void => {
    const name = stringAt(wanted, key);
    if (name !== stringAt(before, key) && set.has(name)) {
      conflicts.push(`${JSON.stringify(name)} is already in use`);
      accepted[key] = stringAt(before, key);
    } else accepted[key] = name;
  };
  choose("plural", taken.resources);
  choose("singular", taken.resources);
  const shortNames = listAt(wanted, "shortNames").map(String);
  const takenShort = shortNames.filter((name) => taken.resources.has(name) && !listAt(before, "shortNames").includes(name));
  conflicts.push(...takenShort.map((name) => `${JSON.stringify(name)} is already in use`));
  if (shortNames.length > 0) accepted["shortNames"] = takenShort.length > 0 ? listAt(before, "shortNames") : shortNames;
  choose("kind", taken.kinds);
  choose("listKind", taken.kinds);
  const categories = listAt(wanted, "categories");
  if (categories.length > 0) accepted["categories"] = categories;
  const lastTransitionTime = timestamp(nowMs);
  const named = { ...status, acceptedNames: accepted };
  if (conflicts.length > 0) {
    const refused = withCondition(named, {
      type: "NamesAccepted",
      status: "False",
      lastTransitionTime,
      reason: stringAt(wanted, "kind") === stringAt(accepted, "kind") ? "NameConflict" : "KindConflict",
      message: conflicts.join(", "),
    });
    if (hasCondition(refused, "Established")) return refused;
    return withCondition(refused, {
      type: "Established",
      status: "False",
      lastTransitionTime,
      reason: "NotAccepted",
      message: "not all names are accepted",
    });
  }
  const good = withCondition(named, {
    type: "NamesAccepted",
    status: "True",
    lastTransitionTime,
    reason: "NoConflicts",
    message: "no conflicts found",
  });
  if (hasCondition(good, "Established")) return good;
  return withCondition(good, {
    type: "Established",
    status: "True",
    lastTransitionTime,
    reason: "InitialNamesAccepted",
    message: "the initial names have been accepted",
  });
}
