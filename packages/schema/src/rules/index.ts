/**
 * The rules of a schema (`x-kubernetes-validations`), which are written in CEL: what they say of a value, and what is wrong with themselves. The
 * evaluator is loaded when the first schema with rules appears.
 */
export { checkRules } from "./check-rules.ts";
export type { CheckRulesOptions, RuleFindings } from "./check-rules.ts";
export { ruleProblems } from "./rule-problems.ts";
export type { RuleProblemsOptions } from "./rule-problems.ts";
