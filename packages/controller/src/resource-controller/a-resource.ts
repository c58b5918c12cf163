import { aFunction, anObject, aString, required, type Rule } from "@operatorkit/observe/options";
import type { CrudResource } from "./resource.ts";

/** What an option must be that is a resource: one of two functions, or of seven. */
export const aResource: Rule = {
  problem(field, value) {
    const isCrud = (value as Partial<CrudResource> | null | undefined)?.getCurrentState !== undefined;
    return (isCrud ? aCrudResource : BASIC).problem(field, value);
  },
};

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
