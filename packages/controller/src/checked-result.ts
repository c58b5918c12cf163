import { aBoolean, aList, aNumber, anObject, aString, checkOptions, oneOf, required, type Rule } from "@operatorkit/observe/options";

/** What a function of yours came back with, nothing being an empty result. @throws {TypeError} naming what cannot be used. */
export function checkedResult<R extends object>(what: string, result: R | undefined | void): R | Record<never, never> {
  if (result === undefined || result === null) return {};
  if (typeof result !== "object") throw new TypeError(`${what} must return a result object or nothing, not ${typeof result}`);
  checkOptions(what, result, RULES);
  return result;
}

const A_CONDITION: Rule = anObject({
  type: required(aString),
  status: required(oneOf("True", "False", "Unknown")),
  reason: required(aString),
});

const RULES = { status: anObject({}), conditions: aList(A_CONDITION), requeueAfterMs: aNumber({ atLeast: 0 }), keepFinalizer: aBoolean };
