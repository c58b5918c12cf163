/** Structural schemas: from JSON Schema, to a CRD manifest, validate, default, prune. */
export type { NestedSchema, SchemaType, StructuralSchema, ValidationRule } from "./structural-schema.ts";
export type { FieldError, FieldErrorReason } from "./field-error.ts";
export { blocksRules, validate } from "./validate.ts";
export type { ValidateOptions } from "./validate.ts";
export { hasValidationRules } from "./validation-rules.ts";
export { withDefaults } from "./defaults.ts";
export { prune } from "./prune.ts";
export type { Pruned, PruneOptions } from "./prune.ts";
export { structuralSchemaProblems } from "./structural-problems.ts";
export type { StructuralProblemsOptions } from "./structural-problems.ts";
export { Re2, Re2SyntaxError } from "./re2.ts";
export { crdFor, objectSchemaOf, structuralSchemaOf } from "./crd-for.ts";
export type { CrdOptions } from "./crd-for.ts";
export { UnsupportedSchemaError } from "./unsupported-schema-error.ts";
