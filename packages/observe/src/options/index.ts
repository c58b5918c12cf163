/** One way to check options, so that what cannot work is refused where it is given, in the same words everywhere. */
export { checkOptions, optionError } from "./check-options.ts";
export type { OptionRules } from "./check-options.ts";
export {
  aBoolean,
  aFunction,
  aList,
  aNumber,
  anAbortSignal,
  anObject,
  anyString,
  aPort,
  aRecord,
  aString,
  having,
  must,
  oneOf,
  required,
} from "./rule.ts";
export type { NumberRange, Rule } from "./rule.ts";
