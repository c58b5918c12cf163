import type { TypeBoxStatic } from "./typebox-static.ts";

/**
 * A schema as an author writes it: from zod (or any library that speaks Standard Schema and its JSON Schema extension), from
 * TypeBox, or plain JSON Schema. What it says is read by `crdFor` of `@operatorkit/schema`; what it types is `SchemaOutput`.
 */
export type AuthorSchema = object;

/** The part of Standard Schema that carries types. Source: https://standardschema.dev, version 1. */
export interface StandardSchemaTypes<Output = unknown> {
  readonly "~standard": { readonly types?: { readonly output: Output } | undefined };
}

/** Plain JSON Schema that says which type it describes; see `jsonSchema`. */
export type JsonSchemaOf<T> = object & { readonly "~unsafe": T };

/** The type of the values a schema describes, with its defaults filled in: what a client reads. `unknown` when the schema does not say. */
export type SchemaOutput<S> = S extends StandardSchemaTypes ? NonNullable<S["~standard"]["types"]>["output"] : TypeBoxStatic<S>;

/**
 * Gives plain JSON Schema a type, for authors who have a schema and an interface already:
 * `spec: jsonSchema<MySpec>({ type: "object", properties: … })`. That the two agree is the author's promise.
 */
export function jsonSchema<T>(schema: object): JsonSchemaOf<T> {
  // The mark exists in the type only.
  return schema as JsonSchemaOf<T>;
}
