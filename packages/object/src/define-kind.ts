import type { AuthorSchema, SchemaOutput } from "./author-schema.ts";
import type { Kind } from "./kind.ts";
import type { Condition, Immutable, KubernetesObject, ObjectMeta } from "./kubernetes-object.ts";
import { dns1035LabelProblems, dns1123SubdomainProblems } from "./names.ts";
import { pluralOf } from "./plural.ts";

/** The objects of a kind made by `defineKind`. */
export interface CustomResource<ApiVersion extends string, Name extends string, Spec, Status> extends KubernetesObject {
  readonly apiVersion: ApiVersion;
  readonly kind: Name;
  readonly metadata: ObjectMeta;
  readonly spec: Immutable<Spec>;
  /** Missing until a controller has written it. */
  readonly status?: Immutable<Status>;
}

/** A kind with its author's schemas: types, CRD manifest and validation from one value. */
export interface DefinedKind<out T extends KubernetesObject = KubernetesObject> extends Kind<T> {
  readonly definition: KindDefinition;
}

/** What the author of a kind said about it, for `crdFor` of `@operatorkit/schema` to read. */
export interface KindDefinition {
  readonly description?: string;
  readonly spec: AuthorSchema;
  readonly status?: AuthorSchema;
  /** The status has `conditions` and `observedGeneration`. */
  readonly conditions: boolean;
  readonly scale?: ScalePaths;
  readonly columns: readonly PrinterColumn[];
  /** Paths that field selectors may use, besides `metadata.name` and `metadata.namespace`. */
  readonly selectableFields: readonly string[];
}

/** Where `kubectl scale` and autoscalers find the numbers. */
export interface ScalePaths {
  /** Under `.spec`. */
  readonly specReplicasPath: string;
  /** Under `.status`. */
  readonly statusReplicasPath: string;
  /** Under `.spec` or `.status`: a string with a label selector. The autoscaler needs it. */
  readonly labelSelectorPath?: string;
}

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  /** A simple JSON path, starting with a dot: `.status.ready`. */
  readonly jsonPath: string;
  readonly type: "boolean" | "date" | "integer" | "number" | "string";
  readonly format?: "byte" | "date" | "date-time" | "double" | "float" | "int32" | "int64" | "password";
  readonly description?: string;
  /** Columns above 0 show with `-o wide` only. @default 0 */
  readonly priority?: number;
}

export interface KindOptions<
  Group extends string,
  Version extends string,
  Name extends string,
  Spec extends AuthorSchema,
  Status extends AuthorSchema,
  Conditions extends boolean,
> {
  /** A domain of yours: `cache.example.com`. */
  readonly group: Group;
  /** `v1`, `v1beta2`, `v1alpha1`, … */
  readonly version: Version;
  /** In CamelCase. */
  readonly kind: Name;
  /** The lower-case name in URLs. @default the kind's English plural */
  readonly plural?: string;
  /** @default the lower-cased kind */
  readonly singular?: string;
  /** What people may type instead of the plural: `["mc"]`. */
  readonly shortNames?: readonly string[];
  /** Groups of kinds it is listed with: `["all"]` for `kubectl get all`. */
  readonly categories?: readonly string[];
  /** @default true */
  readonly namespaced?: boolean;
  /** What users ask for: zod, TypeBox, or JSON Schema with `jsonSchema<T>()`. */
  readonly spec: Spec;
  /** What controllers report. Given, the status is a subresource: users cannot write it by accident. */
  readonly status?: Status;
  /**
   * Adds `conditions` and `observedGeneration` to the status.
   * @default true when there is a `status`; `true` without one makes a status of these two alone
   */
  readonly conditions?: Conditions;
  readonly scale?: ScalePaths;
  readonly columns?: readonly PrinterColumn[];
  /** Paths that field selectors may use: `[".spec.nodeName"]`. At most 8. */
  readonly selectableFields?: readonly string[];
  /** What the kind is for; `kubectl explain` shows it. */
  readonly description?: string;
}

/** The standard part of a status. */
export interface StatusConditions {
  readonly conditions?: readonly Condition[];
  /** The generation of the spec this status speaks about. */
  readonly observedGeneration?: number;
}

/** The type of a status, from its schema and whether it has conditions; `never` when there is none. */
export type StatusOutput<Status, Conditions extends boolean> = Status extends NoStatus
  ? Conditions extends true
    ? StatusConditions
    : never
  : Conditions extends true
    ? SchemaOutput<Status> & StatusConditions
    : SchemaOutput<Status>;

/** Stands for the schema of a status that was not given. */
export interface NoStatus {
  readonly "~status": never;
}

/**
 * Defines a kind of custom resource. Its objects are typed from the schemas; `crdFor` of `@operatorkit/schema` makes the
 * CustomResourceDefinition of it.
 *
 * @throws {TypeError} naming the option, when a value could not be part of a CRD. The schemas themselves are checked by `crdFor`.
 */
export function defineKind<
  const Group extends string,
  const Version extends string,
  const Name extends string,
  Spec extends AuthorSchema,
  Status extends AuthorSchema = NoStatus,
  const Conditions extends boolean = Status extends NoStatus ? false : true,
>(
  options: KindOptions<Group, Version, Name, Spec, Status, Conditions>,
): DefinedKind<CustomResource<`${Group}/${Version}`, Name, SchemaOutput<Spec>, StatusOutput<Status, Conditions>>> {
  checkOptions(options);
  const { group, version, kind } = options;
  return Object.freeze({
    group,
    version,
    apiVersion: `${group}/${version}` as const,
    kind,
    plural: options.plural ?? pluralOf(kind),
    singular: options.singular ?? kind.toLowerCase(),
    listKind: `${kind}List`,
    namespaced: options.namespaced ?? true,
    shortNames: Object.freeze([...(options.shortNames ?? [])]),
    categories: Object.freeze([...(options.categories ?? [])]),
    definition: definitionOf(options),
  });
}

/** Any options, whatever they type: what checking and reading them needs. */
type AnyKindOptions = KindOptions<string, string, string, AuthorSchema, AuthorSchema, boolean>;

function definitionOf(options: AnyKindOptions): KindDefinition {
  return Object.freeze({
    ...(options.description !== undefined && { description: options.description }),
    spec: options.spec,
    ...(options.status !== undefined && { status: options.status }),
    conditions: options.conditions ?? options.status !== undefined,
    ...(options.scale !== undefined && { scale: Object.freeze({ ...options.scale }) }),
    columns: Object.freeze((options.columns ?? []).map((column) => Object.freeze({ ...column }))),
    selectableFields: Object.freeze([...(options.selectableFields ?? [])]),
  });
}

function checkOptions(options: AnyKindOptions): void {
  const refuse: Refuse = (field, value, why) => {
    const name = typeof options.kind === "string" && options.kind !== "" ? ` ${options.kind}` : "";
    throw new TypeError(`define kind${name}: ${field}: invalid value ${JSON.stringify(value)}: ${why}`);
  };
  checkIdentity(options, refuse);
  if (typeof options.spec !== "object" && typeof options.spec !== "function")
    refuse("spec", options.spec, "must be a zod, TypeBox or JSON schema");
  const hasStatus = options.status !== undefined || options.conditions === true;
  if (options.scale !== undefined) checkScale(options.scale, hasStatus, refuse);
  for (const [i, column] of (options.columns ?? []).entries()) checkColumn(column, `columns[${i}]`, refuse);
  const selectable = options.selectableFields ?? [];
  if (selectable.length > 8) refuse("selectableFields", selectable, "must have at most 8 items");
  for (const [i, path] of selectable.entries()) checkPath(path, `selectableFields[${i}]`, refuse);
}

type Refuse = (field: string, value: unknown, why: string) => never;

function checkIdentity(options: AnyKindOptions, refuse: Refuse): void {
  const { group, version, kind } = options;
  if (typeof kind !== "string" || !/^[A-Z][A-Za-z0-9]{0,62}$/.test(kind)) {
    refuse("kind", kind, "must be CamelCase: a capital letter, then letters and digits, 63 at most");
  }
  for (const why of dns1123SubdomainProblems(group)) refuse("group", group, why);
  if (!group.includes(".")) refuse("group", group, "should be a domain with at least one dot");
  if (!/^v[1-9][0-9]*(?:(?:alpha|beta)[1-9][0-9]*)?$/.test(version)) {
    refuse("version", version, "must look like v1, v1beta1 or v1alpha1");
  }
  const names: readonly (readonly [string, string | undefined])[] = [
    ["plural", options.plural],
    ["singular", options.singular],
    ...(options.shortNames ?? []).map((name, i) => [`shortNames[${i}]`, name] as const),
    ...(options.categories ?? []).map((name, i) => [`categories[${i}]`, name] as const),
  ];
  for (const [field, name] of names) {
    if (name !== undefined) for (const why of dns1035LabelProblems(name)) refuse(field, name, why);
  }
}

function checkScale(scale: ScalePaths, hasStatus: boolean, refuse: Refuse): void {
  if (!hasStatus) refuse("scale", scale, "needs a status with the number of replicas: define status");
  checkPath(scale.specReplicasPath, "scale.specReplicasPath", refuse, [".spec."]);
  checkPath(scale.statusReplicasPath, "scale.statusReplicasPath", refuse, [".status."]);
  if (scale.labelSelectorPath !== undefined) {
    checkPath(scale.labelSelectorPath, "scale.labelSelectorPath", refuse, [".spec.", ".status."]);
  }
}

function checkColumn(column: PrinterColumn, field: string, refuse: Refuse): void {
  if (column.name === "") refuse(`${field}.name`, column.name, "must not be empty");
  if (!COLUMN_TYPES.has(column.type)) refuse(`${field}.type`, column.type, `must be one of ${[...COLUMN_TYPES].join(",")}`);
  if (column.format !== undefined && !COLUMN_FORMATS.has(column.format)) {
    refuse(`${field}.format`, column.format, `must be one of ${[...COLUMN_FORMATS].join(",")}`);
  }
  checkPath(column.jsonPath, `${field}.jsonPath`, refuse);
}

function checkPath(path: string, field: string, refuse: Refuse, under: readonly string[] = ["."]): void {
  if (typeof path !== "string" || !under.some((start) => path.startsWith(start) && path.length > start.length)) {
    refuse(field, path, `must be a simple JSON path that starts with ${under.map((start) => `"${start}"`).join(" or ")}`);
  }
}

const COLUMN_TYPES: ReadonlySet<string> = new Set(["boolean", "date", "integer", "number", "string"]);
const COLUMN_FORMATS: ReadonlySet<string> = new Set(["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]);
