import type { AuthorSchema } from "@operatorkit/object";
import { isObject, type JsonObject } from "./schema-tree.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";

/**
 * The JSON Schema of what an author wrote. zod and others that speak Standard JSON Schema are asked for it; TypeBox is JSON
 * Schema already.
 *
 * Asked for is draft 2020-12: zod's answer for `openapi-3.0` leaves out the keys of records and makes lists of tuples. Asked for is the
 * input, since its output forbids unknown properties and takes what has a default for required.
 * @throws {UnsupportedSchemaError} when there is no JSON Schema for it, or when objects are not stored as they are typed
 */
export function jsonSchemaOfAuthor(schema: AuthorSchema, path: string): JsonObject {
  if (!("~standard" in schema)) return plain(schema, path);
  const { jsonSchema } = schema["~standard"] as StandardJsonSchema;
  if (jsonSchema === undefined) {
    throw new UnsupportedSchemaError(path, "this library gives no JSON Schema; zod 4.2 and newer do, or write it with TypeBox");
  }
  const input = plain(asked(jsonSchema.input, path), path);
  const output = plain(asked(jsonSchema.output, path), path);
  if (JSON.stringify(typesIn(input)) !== JSON.stringify(typesIn(output))) throw new UnsupportedSchemaError(path, TRANSFORM);
  return input;
}

/** The part of Standard Schema that gives JSON Schema. Source: https://standardschema.dev/json-schema. */
interface StandardJsonSchema {
  readonly jsonSchema?: { readonly input: Ask; readonly output: Ask };
}

type Ask = (options: { readonly target: "draft-2020-12" }) => unknown;

const TRANSFORM =
  "it changes values between input and output (transform, codec), but an API server stores the input; describe the stored value and change it in your code";

function asked(ask: Ask, path: string): unknown {
  try {
    return ask({ target: "draft-2020-12" });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UnsupportedSchemaError(path, /transform/i.test(message) ? TRANSFORM : message, { cause });
  }
}

/** JSON alone: without the marks of TypeBox, functions and undefined. */
function plain(schema: unknown, path: string): JsonObject {
  try {
    const json: unknown = JSON.parse(JSON.stringify(schema));
    if (isObject(json)) return json;
  } catch (cause) {
    throw new UnsupportedSchemaError(path, `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  throw new UnsupportedSchemaError(path, "it is not a JSON Schema");
}

/** What must not differ between input and output. */
function typesIn(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(typesIn);
  if (!isObject(schema)) return undefined;
  const { type, items, properties, anyOf, oneOf, allOf, prefixItems } = schema;
  const below = Object.entries(isObject(properties) ? properties : {}).map(([key, property]) => [key, typesIn(property)]);
  return [type, typesIn(items), below, typesIn(anyOf), typesIn(oneOf), typesIn(allOf), typesIn(prefixItems)];
}
