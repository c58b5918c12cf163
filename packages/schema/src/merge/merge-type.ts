import type { Json } from "@operatorkit/object";
import type { StructuralSchema } from "../structural-schema.ts";

/**
 * How values of a type merge: which of its parts are owned and compared one by one. A type allows maps, lists or scalars; one
 * without a schema allows all three.
 *
 * Source: structured-merge-diff `schema.Atom`; how it comes from a schema: kube-openapi `schemaconv/openapi.go`, `smd.go`.
 */
export interface MergeType {
  readonly map?: MapType;
  readonly scalar?: ScalarType;
  readonly list?: ListType;
}

export type ScalarType = "numeric" | "string" | "boolean" | "untyped";

export interface ListType {
  /** The list is one value with one owner. */
  readonly isAtomic: boolean;
  /** The fields that tell items apart; none for a set. */
  readonly keys: readonly string[];
  readonly items: MergeType;
}

export interface MapType {
  /** The map is one value with one owner. */
  readonly isAtomic: boolean;
  /** A map without any schema; its parts are deduced from what they hold. */
  readonly isDeduced: boolean;
  /** Fields the schema names, as opposed to the keys of a free map. */
  hasField(name: string): boolean;
  /** The type of a field or key; `undefined` when the schema allows none of this name. */
  typeOf(name: string): MergeType | undefined;
  /** What a key field of a list item is when the item leaves it out. */
  defaultOf(name: string): Json | undefined;
  /** What fields are when nothing is given: those of a built-in kind whose Go type is no pointer. */
  readonly zeros: Readonly<Record<string, Json>>;
  /** Fields that must be given and have no zero value: of a built-in kind, they are null until they are. */
  readonly requiredFields: readonly string[];
}

/** The type of a kind's objects by its schema; without one everything is deduced. The same schema gives the same type. */
export function mergeTypeOf(schema: StructuralSchema | undefined): MergeType {
  if (schema === undefined) return DEDUCED;
  let type = types.get(schema);
  if (type === undefined) types.set(schema, (type = new SchemaType(schema, false, true)));
  return type;
}

const types = new WeakMap<StructuralSchema, MergeType>();

/** Whether this is the type of a built-in kind's objects: their metadata is a struct and not a pointer. */
export function isBuiltIn(type: MergeType): boolean {
  return type.map !== undefined && Object.hasOwn(type.map.zeros, "metadata");
}

/** Everything is one value. */
const UNTYPED: MergeType = {
  scalar: "untyped",
  list: {
    isAtomic: true,
    keys: [],
    get items() {
      return UNTYPED;
    },
  },
  map: freeMap(() => UNTYPED, true),
};

/** Maps all the way down, lists are atomic. */
const DEDUCED: MergeType = {
  scalar: "untyped",
  list: { isAtomic: true, keys: [], items: UNTYPED },
  map: { ...freeMap(() => DEDUCED, false), isDeduced: true },
};

function freeMap(values: () => MergeType, isAtomic: boolean): MapType {
  return {
    isAtomic,
    isDeduced: false,
    hasField: () => false,
    typeOf: values,
    defaultOf: () => undefined,
    zeros: {},
    requiredFields: [],
  };
}

/** A type read from a schema part by part, as objects need it (built-in schemas contain themselves). */
class SchemaType implements MergeType {
  readonly map?: MapType;
  readonly scalar?: ScalarType;
  readonly list?: ListType;

  /** `preserves`: a schema above has x-kubernetes-preserve-unknown-fields. `isObject`: a whole Kubernetes object. */
  constructor(schema: StructuralSchema, preserves: boolean, isObject = schema["x-kubernetes-embedded-resource"] === true) {
    const preservesBelow = preserves || schema["x-kubernetes-preserve-unknown-fields"] === true;
    if (schema.type === undefined || schema.type === "object") this.map = new SchemaMap(schema, preservesBelow, isObject);
    if (schema.type === undefined || schema.type === "array") this.list = new SchemaList(schema, preservesBelow);
    if (schema.type !== "object" && schema.type !== "array") this.scalar = scalarOf(schema);
  }
}

function scalarOf(schema: StructuralSchema): ScalarType {
  switch (schema.type) {
    case "integer":
    case "number":
      return "numeric";
    case "boolean":
      return "boolean";
    case "string":
      return schema.format === undefined || schema.format === "" || schema.format === "byte" ? "string" : "untyped";
    default:
      return "untyped";
  }
}

class SchemaList implements ListType {
  readonly isAtomic: boolean;
  readonly keys: readonly string[];
  readonly #schema: StructuralSchema;
  readonly #preserves: boolean;
  #items: MergeType | undefined;

  constructor(schema: StructuralSchema, preserves: boolean) {
    this.#schema = schema;
    this.#preserves = preserves;
    const type = schema["x-kubernetes-list-type"] ?? typeByPatchStrategy(schema);
    this.isAtomic = type === "atomic";
    const mergeKey = schema["x-kubernetes-patch-merge-key"];
    this.keys = type === "map" ? (schema["x-kubernetes-list-map-keys"] ?? (mergeKey === undefined ? [] : [mergeKey])) : [];
  }

  get items(): MergeType {
    const { items } = this.#schema;
    return (this.#items ??= items === undefined ? UNTYPED : new SchemaType(items, this.#preserves));
  }
}

function typeByPatchStrategy(schema: StructuralSchema): "atomic" | "set" | "map" {
  if (schema["x-kubernetes-patch-strategy"]?.startsWith("merge") !== true) return "atomic";
  return schema["x-kubernetes-patch-merge-key"] === undefined ? "set" : "map";
}

class SchemaMap implements MapType {
  readonly isAtomic: boolean;
  readonly isDeduced: boolean;
  readonly zeros: Readonly<Record<string, Json>>;
  readonly requiredFields: readonly string[];
  readonly #schema: StructuralSchema;
  readonly #preserves: boolean;
  readonly #fields = new Map<string, MergeType>();
  readonly #others: MergeType | undefined;

  constructor(schema: StructuralSchema, preserves: boolean, isObject: boolean) {
    this.#schema = schema;
    this.#preserves = preserves;
    this.isAtomic = schema["x-kubernetes-map-type"] === "atomic";
    const hasFields = isObject || Object.keys(schema.properties ?? {}).length > 0;
    const { additionalProperties } = schema;
    if (additionalProperties === undefined) this.#others = preserves || !hasFields ? DEDUCED : undefined;
    else if (typeof additionalProperties === "boolean") this.#others = additionalProperties ? DEDUCED : undefined;
    else this.#others = new SchemaType(additionalProperties, preserves);
    this.isDeduced = !hasFields && (this.#others === DEDUCED || (this.#others?.scalar === "untyped" && this.#others.map === undefined));
    this.zeros = schema["x-operatorkit-zero"] ?? {};
    this.requiredFields = (schema.required ?? []).filter((name) => !Object.hasOwn(this.zeros, name));
    if (isObject) for (const [name, type] of objectFields()) this.#fields.set(name, type);
  }

  hasField(name: string): boolean {
    return this.#fields.has(name) || Object.hasOwn(this.#schema.properties ?? {}, name);
  }

  typeOf(name: string): MergeType | undefined {
    let type = this.#fields.get(name);
    if (type !== undefined) return type;
    const schema = this.#fieldSchema(name);
    if (schema === undefined) return this.#others;
    this.#fields.set(name, (type = new SchemaType(schema, this.#preserves)));
    return type;
  }

  defaultOf(name: string): Json | undefined {
    return this.#fieldSchema(name)?.default ?? this.#schema["x-operatorkit-zero"]?.[name];
  }

  #fieldSchema(name: string): StructuralSchema | undefined {
    const { properties } = this.#schema;
    return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
  }
}

const STRING: StructuralSchema = { type: "string" };

/** metadata is the same for every kind, whatever the schema says of it. */
const OBJECT_META: StructuralSchema = {
  type: "object",
  properties: {
    annotations: { type: "object", additionalProperties: STRING },
    creationTimestamp: { type: "string", format: "date-time" },
    deletionGracePeriodSeconds: { type: "integer" },
    deletionTimestamp: { type: "string", format: "date-time" },
    finalizers: { type: "array", "x-kubernetes-list-type": "set", items: STRING },
    generateName: STRING,
    generation: { type: "integer" },
    labels: { type: "object", additionalProperties: STRING },
    managedFields: { type: "array", "x-kubernetes-list-type": "atomic", items: { type: "object" } },
    name: STRING,
    namespace: STRING,
    ownerReferences: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["uid"],
      items: {
        type: "object",
        "x-kubernetes-map-type": "atomic",
        properties: {
          apiVersion: STRING,
          blockOwnerDeletion: { type: "boolean" },
          controller: { type: "boolean" },
          kind: STRING,
          name: STRING,
          uid: STRING,
        },
        "x-operatorkit-zero": { apiVersion: "", kind: "", name: "", uid: "" },
      },
    },
    resourceVersion: STRING,
    selfLink: STRING,
    uid: STRING,
  },
};

let meta: MergeType | undefined;

function objectFields(): Iterable<readonly [string, MergeType]> {
  meta ??= new SchemaType(OBJECT_META, false);
  return [
    ["apiVersion", { scalar: "string" }],
    ["kind", { scalar: "string" }],
    ["metadata", meta],
  ];
}
