import { type CelEnvironment, cel } from "./cel.ts";
import { celEquals } from "./equality.ts";
import { escapedName } from "./escaped-name.ts";
import { additionalSchema, isObject } from "../schema-tree.ts";
import type { StructuralSchema } from "../structural-schema.ts";

const DURATION = "google.protobuf.Duration";
const TIMESTAMP = "google.protobuf.Timestamp";
const META: StructuralSchema = { type: "object", properties: { name: { type: "string" }, generateName: { type: "string" } } };

/** An object with named fields, in a type of its own. */
interface ObjectType {
  readonly name: string;
  readonly create: (fields: ReadonlyMap<string, unknown>) => object;
  /** By property: what rules call it, and its schema. */
  readonly fields: ReadonlyMap<string, { readonly name: string; readonly schema: StructuralSchema }>;
}

/**
 * The CEL types of a schema's values, and the values in them. A value that is null counts as absent.
 * Source: k8s.io/apiserver `pkg/cel/common/schemas.go`, `values.go`.
 */
export class CelTypes {
  readonly #environment: CelEnvironment;
  readonly #objects = new Map<StructuralSchema, ObjectType>();
  readonly #resources = new Map<StructuralSchema, StructuralSchema>();

  constructor(environment: CelEnvironment) {
    this.#environment = environment;
  }

  /** A name for the type of a schema's values; undefined when rules cannot see them. */
  typeOf(schema: StructuralSchema, isResource = false): string | undefined {
    if (schema["x-kubernetes-int-or-string"] === true) return "dyn";
    const additional = additionalSchema(schema);
    switch (schema.type) {
      case "array": {
        const item = schema.items === undefined ? undefined : this.typeOf(schema.items, isEmbedded(schema.items));
        return item === undefined ? undefined : `list<${item}>`;
      }
      case "object": {
        if (additional === undefined) return this.#objectType(isResource ? this.#resource(schema) : schema).name;
        const value = this.typeOf(additional, isEmbedded(additional));
        return value === undefined ? undefined : `map<string, ${value}>`;
      }
      case "string":
        return STRINGS[schema.format ?? ""] ?? "string";
      case "boolean":
        return "bool";
      case "number":
        return "double";
      case "integer":
        return "int";
      default:
        return undefined;
    }
  }

  /** A value that fits its schema, as rules see it. */
  valueOf(schema: StructuralSchema, value: unknown, isResource = false): unknown {
    if (value === null || value === undefined) return undefined;
    if (schema["x-kubernetes-int-or-string"] === true) return typeof value === "number" ? BigInt(Math.trunc(value)) : value;
    if (Array.isArray(value)) return this.#listOf(schema, value);
    if (isObject(value)) return this.#objectOf(schema, value, isResource);
    if (typeof value === "number") return schema.type === "integer" ? BigInt(Math.trunc(value)) : value;
    return typeof value === "string" ? this.#textOf(schema, value) : value;
  }

  #listOf(schema: StructuralSchema, list: readonly unknown[]): unknown {
    const { items } = schema;
    if (items === undefined) return [];
    const values = list.map((item) => this.valueOf(items, item, isEmbedded(items)) ?? null);
    const isPlain = values.every((value) => typeof value !== "object");
    return schema["x-kubernetes-list-type"] === "set" && isPlain ? new Set(values) : values;
  }

  #objectOf(schema: StructuralSchema, object: Readonly<Record<string, unknown>>, isResource: boolean): unknown {
    const additional = additionalSchema(schema);
    const entries = new Map<string, unknown>();
    const add = (name: string, value: unknown): void => void (value === undefined || entries.set(name, value));
    if (additional !== undefined) {
      for (const [key, value] of Object.entries(object)) add(key, this.valueOf(additional, value, isEmbedded(additional)));
      return entries;
    }
    const type = this.#objectType(isResource ? this.#resource(schema) : schema);
    for (const [key, field] of type.fields) {
      if (Object.hasOwn(object, key)) add(field.name, this.valueOf(field.schema, object[key], isEmbedded(field.schema)));
    }
    return type.create(entries);
  }

  #textOf(schema: StructuralSchema, text: string): unknown {
    switch (STRINGS[schema.format ?? ""]) {
      case "bytes":
        return new Uint8Array(Buffer.from(text, "base64"));
      case TIMESTAMP:
        return new Date(text);
      case DURATION:
        return cel().evaluate("duration(text)", { text });
      default:
        return text;
    }
  }

  #objectType(schema: StructuralSchema): ObjectType {
    const known = this.#objects.get(schema);
    if (known !== undefined) return known;
    const name = `Object${this.#objects.size}`;
    const fields = new Map<string, { readonly name: string; readonly schema: StructuralSchema }>();
    const types: Record<string, string> = {};
    const ObjectValue = class extends Map<string, unknown> {};
    const made: ObjectType = { name, fields, create: (entries) => new ObjectValue(entries) };
    this.#objects.set(schema, made);
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const [field, type] = [escapedName(key), this.typeOf(property, isEmbedded(property))];
      if (field === undefined || type === undefined) continue;
      fields.set(key, { name: field, schema: property });
      types[field] = type;
    }
    this.#environment.registerType(name, { ctor: ObjectValue, fields: types });
    this.#environment.registerOperator(`${name} == ${name}`, celEquals);
    this.#environment.registerOperator(`${name} == null`, () => false);
    return made;
  }

  /** With the fields every object has. */
  #resource(schema: StructuralSchema): StructuralSchema {
    let resource = this.#resources.get(schema);
    if (resource === undefined) {
      const text = { type: "string" } as const;
      resource = { ...schema, properties: { ...schema.properties, apiVersion: text, kind: text, metadata: META } };
      this.#resources.set(schema, resource);
    }
    return resource;
  }
}

const STRINGS: Readonly<Record<string, string>> = { byte: "bytes", duration: DURATION, date: TIMESTAMP, "date-time": TIMESTAMP };

function isEmbedded(schema: StructuralSchema): boolean {
  return schema["x-kubernetes-embedded-resource"] === true;
}
