import { aFunction, anObject, aString, required, type Rule } from "@operatorkit/observe/options";

/** What an option must be that is a resource: one of two functions, or of seven. */
export const aResource: Rule = {
  problem: (field, value) => (isObject(value) && "getCurrentState" in value ? aCrudResource : BASIC).problem(field, value),
};

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function withFunctions(...names: readonly string[]): Rule {
  return anObject({ name: required(aString), ...Object.fromEntries(names.map((name) => [name, required(aFunction)])) });
}

const BASIC: Rule = withFunctions("ensureCreated", "ensureDeleted");
/** The one of seven functions. */
export const aCrudResource: Rule = withFunctions(
  "getCurrentState",
  "getDesiredState",
  "newUpdatePatch",
  "newDeletePatch",
  "applyCreateChange",
  "applyUpdateChange",
  "applyDeleteChange",
);
