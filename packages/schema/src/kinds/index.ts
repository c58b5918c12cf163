/** The schemas of the built-in kinds, generated from kube-apiserver's OpenAPI v3; parsed when they are first asked for. */
export { alwaysWritten } from "./always-written.ts";
export { builtinSchema, schemaOfDefinition } from "./builtin-schema.ts";
export { builtinDefinition, builtinDefinitionName, definitionsFor } from "./builtin-definitions.ts";
export type { DefinitionsForOptions, OpenApiDefinition } from "./builtin-definitions.ts";
