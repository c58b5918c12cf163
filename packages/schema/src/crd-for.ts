import type { AuthorSchema, DefinedKind, KindDefinition } from "@operatorkit/object";
import type { CustomResourceDefinition } from "@operatorkit/object/kinds";
import { jsonSchemaOfAuthor } from "./author-json-schema.ts";
import { CONDITIONS_SCHEMA, OBSERVED_GENERATION_SCHEMA } from "./conditions-schema.ts";
import { withoutRefs } from "./json-schema-refs.ts";
import { pathProblems } from "./path-problems.ts";
import { structuralFrom } from "./structural-from.ts";
import { structuralSchemaProblems } from "./structural-problems.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";

export interface CrdOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The CustomResourceDefinition of a kind made by `defineKind`: one version, served and stored. Its status is a subresource when
 * there is one; columns of yours are followed by the age, which kubectl would otherwise no longer show.
 *
 * The author's schemas become structural; see `structuralSchemaOf` for how. What comes out is accepted by a kube-apiserver 1.36.
 * @throws {UnsupportedSchemaError} for what a CRD cannot say, naming the path
 * @throws {TypeError} for a kind that `defineKind` did not make: it has no schema
 */
export function crdFor(kind: DefinedKind, options: CrdOptions = {}): CustomResourceDefinition {
  const definition = definitionOf("crdFor", kind);
  const schema = objectSchemaOf(kind);
  refuseProblems(kind, schema);
  const hasStatus = schema.properties?.["status"] !== undefined;
  const columns = columnsOf(definition);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${kind.group}`, ...options },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: kind.listKind,
        plural: kind.plural,
        singular: kind.singular,
        ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
        ...(kind.categories.length > 0 && { categories: kind.categories }),
      },
      scope: kind.namespaced ? "Namespaced" : "Cluster",
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          ...(hasStatus && { subresources: { status: {}, ...(definition.scale !== undefined && { scale: definition.scale }) } }),
          ...(columns.length > 0 && { additionalPrinterColumns: columns }),
          ...(definition.selectableFields.length > 0 && {
            selectableFields: definition.selectableFields.map((jsonPath) => ({ jsonPath })),
          }),
        },
      ],
    },
  };
}

/**
 * The structural schema of an author's schema, from zod, TypeBox or JSON Schema.
 * @param path what paths in errors start with
 * @throws {UnsupportedSchemaError} for what a CRD cannot say
 */
export function structuralSchemaOf(schema: AuthorSchema, path: string): StructuralSchema {
  return structuralFrom(withoutRefs(jsonSchemaOfAuthor(schema, path), path), path);
}

/** The structural schema of whole objects of a kind. @throws as `crdFor`. */
export function objectSchemaOf(kind: DefinedKind): StructuralSchema {
  const definition = definitionOf("objectSchemaOf", kind);
  try {
    const status = statusSchema(definition);
    return {
      ...(definition.description !== undefined && { description: definition.description }),
      type: "object",
      required: ["spec"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { type: "object" },
        spec: objectOf(definition.spec, "spec"),
        ...(status !== undefined && { status }),
      },
    };
  } catch (error) {
    if (error instanceof UnsupportedSchemaError) throw named(kind, error.path, error.why, error);
    throw error;
  }
}

/** A built-in kind has the same shape, without what its author said. */
function definitionOf(what: string, kind: DefinedKind): KindDefinition {
  const given: Partial<DefinedKind> | undefined = kind;
  if (given?.definition !== undefined) return given.definition;
  throw new TypeError(`${what}: ${given?.kind ?? "what was given"} is no kind made by defineKind, which is where its schema is given`);
}

function statusSchema(definition: KindDefinition): StructuralSchema | undefined {
  if (definition.status === undefined && !definition.conditions) return undefined;
  const own: StructuralSchema = definition.status === undefined ? { type: "object" } : objectOf(definition.status, "status");
  if (!definition.conditions) return own;
  for (const name of ["conditions", "observedGeneration"]) {
    if (own.properties?.[name] !== undefined) {
      throw new UnsupportedSchemaError(`status.${name}`, "it is added for you; leave it out, or define the kind with conditions: false");
    }
  }
  const added = { conditions: CONDITIONS_SCHEMA, observedGeneration: OBSERVED_GENERATION_SCHEMA };
  return { ...own, properties: { ...own.properties, ...added } };
}

function objectOf(author: AuthorSchema, path: string): StructuralSchema {
  const schema = structuralSchemaOf(author, path);
  const isOpen = schema.type === undefined && schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema.type !== "object" && !isOpen) throw new UnsupportedSchemaError(path, "it must be an object");
  return isOpen ? { ...schema, type: "object" } : schema;
}

function columnsOf(definition: KindDefinition): KindDefinition["columns"] {
  const { columns } = definition;
  if (columns.length === 0 || columns.some(({ jsonPath }) => jsonPath === ".metadata.creationTimestamp")) return columns;
  return [...columns, { name: "Age", jsonPath: ".metadata.creationTimestamp", type: "date" }];
}

function refuseProblems(kind: DefinedKind, schema: StructuralSchema): void {
  const [problem] = [...structuralSchemaProblems(schema, { path: "schema" }), ...pathProblems(kind.definition, schema)];
  if (problem !== undefined) throw named(kind, readable(problem.field), problem.message);
}

/** `schema.properties[spec].properties[ports].items` → `spec.ports[]`. */
function readable(field: string): string {
  return field
    .replace(/^schema\./, "")
    .replaceAll(/\.?properties\[([^\]]*)\]/g, ".$1")
    .replaceAll(".items", "[]")
    .replaceAll(".additionalProperties", ".*")
    .replace(/^\./, "");
}

function named(kind: DefinedKind, path: string, why: string, cause?: unknown): UnsupportedSchemaError {
  return new UnsupportedSchemaError(path, why, { kind: kind.kind, ...(cause !== undefined && { cause }) });
}
