import { type OpenApiDefinition, alwaysWritten } from "@operatorkit/schema/kinds";
import { type JsonObject, isObject } from "../json-object.ts";
import { badRequest } from "../status-error.ts";
import { definitionOf } from "./definition-of.ts";
import { goFields } from "./go-fields.ts";
import { canonicalQuantity } from "./quantity.ts";
import { TypeMismatch } from "./type-mismatch.ts";

/** A value read as a Go struct would read it, and what it had that the struct has not. */
export interface DecodedObject {
  readonly object: JsonObject;
  /** Paths of fields that were dropped: `spec.bogus`. */
  readonly unknown: readonly string[];
}

/**
 * Reads a value of a built-in kind as the server's Go types would and writes it back: unknown fields and nulls are dropped, empty lists
 * and maps too unless the field is always written, structs and values that are always written are filled in, and a wrong type
 * is refused in `encoding/json`'s words. The definitions of OpenAPI tell all of this: a `default` that is a zero value marks
 * a field without `omitempty`.
 *
 * @throws StatusError 400 `json: cannot unmarshal number into Go struct field ConfigMap.data of type string`
 */
export function decodeBuiltIn(value: JsonObject, definitionName: string, defaults?: Defaults): DecodedObject {
  const unknown: string[] = [];
  const object = decodeStruct(value, definitionName, { unknown, defaults, path: "", goPath: "", struct: goName(definitionName) });
  return { object, unknown };
}

/** What fills in a type's optional fields, by the type's definition name. */
export type Defaults = Readonly<Record<string, (struct: JsonObject) => void>>;

interface Place {
  readonly unknown: string[];
  readonly defaults: Defaults | undefined;
  /** With indices, as in strict errors: `spec.containers[0].name`. */
  readonly path: string;
  /** Without indices, as in `encoding/json`'s errors. */
  readonly goPath: string;
  /** The struct the value is a field of. */
  readonly struct: string;
  /** The value's Go type, where OpenAPI does not tell it. */
  readonly goType?: string | undefined;
}

/** For each struct that was decoded, its maps that were given and empty. */
const givenEmpty = new WeakMap<JsonObject, Set<string>>();

/**
 * Whether a struct, as it was decoded, was sent an empty map at `key`. It is written as none, but Go's messages tell `{}` from `null`.
 * Known of the very object that was decoded and not of copies.
 */
export function wasGivenEmpty(struct: JsonObject, key: string): boolean {
  return givenEmpty.get(struct)?.has(key) === true;
}

const REF = "#/components/schemas/";
const META = "io.k8s.apimachinery.pkg.apis.meta.v1";

function decodeStruct(value: JsonObject, name: string, place: Place): JsonObject {
  const definition = definitionOf(name) ?? {};
  const properties = definition["properties"] as Readonly<Record<string, OpenApiDefinition>> | undefined;
  if (properties === undefined) return value;
  const struct = goName(name);
  const nulls = alwaysWritten[name] ?? [];
  const required = [...((definition["required"] as readonly string[] | undefined) ?? []), ...nulls];
  const { omittedZeros, nullTimes, namedTypes } = goFields(name);
  const result: JsonObject = {};
  for (const [key, property] of Object.entries(properties)) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const part = omittedZeros.has(key) && isZero(given, property) ? undefined : given;
    const goType = namedTypes.get(key);
    const at: Place = { ...place, path: join(place.path, key), goPath: join(place.goPath, key), struct, goType };
    const isGiven = part !== undefined && part !== null;
    // What is always written is null while there is none.
    if (!isGiven && (nullTimes.has(key) || nulls.includes(key) || (property["type"] === "array" && required.includes(key))))
      result[key] = null;
    const decoded = isGiven ? decodeValue(part, property, at) : filled(property, at);
    if (decoded === undefined) continue;
    if (isEmpty(decoded, property) && !required.includes(key) && key !== "managedFields") {
      if (isGiven && property["type"] === "object") givenEmpty.set(result, (givenEmpty.get(result) ?? new Set()).add(key));
      continue;
    }
    result[key] = decoded;
  }
  for (const key of Object.keys(value)) if (!Object.hasOwn(properties, key)) place.unknown.push(join(place.path, key));
  place.defaults?.[name]?.(result);
  return result;
}

/** What a field that was left out is written as. */
function filled(property: OpenApiDefinition, place: Place): unknown {
  const { default: fallback } = property;
  if (fallback === undefined) return undefined;
  const ref = refOf(property);
  return ref !== undefined && isObject(fallback) && !OPAQUE.has(ref) ? decodeStruct(fallback, ref, place) : fallback;
}

function decodeValue(value: unknown, property: OpenApiDefinition, place: Place): unknown {
  const ref = refOf(property);
  if (ref !== undefined) return decodeReferred(value, ref, place);
  switch (property["type"]) {
    case "string":
      if (typeof value !== "string") throw mismatch(value, property, place);
      if (property["format"] === "byte") checkBase64(value);
      return value;
    case "boolean":
      if (typeof value !== "boolean") throw mismatch(value, property, place);
      return value;
    case "integer":
    case "number":
      if (typeof value !== "number" || (property["type"] === "integer" && !Number.isInteger(value))) throw mismatch(value, property, place);
      return value;
    case "array":
      return decodeArray(value, property, place);
    case "object":
      return decodeMap(value, property, place);
    default:
      return value;
  }
}

/** Source: Go's `encoding/base64`: the first byte that does not fit is named. */
function checkBase64(text: string): void {
  const compact = text.replaceAll(/[\r\n]/g, "");
  if (compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return;
  const wrong = /[^A-Za-z0-9+/]/.exec(compact)?.index ?? compact.length - (compact.length % 4);
  throw badRequest(`illegal base64 data at input byte ${wrong}`);
}

const INT32: OpenApiDefinition = { type: "integer", format: "int32" };

function decodeReferred(value: unknown, ref: string, place: Place): unknown {
  if (ref.endsWith(".Quantity")) return canonicalQuantity(typeof value === "string" ? value : JSON.stringify(value));
  if (ref.endsWith(".IntOrString")) {
    if (typeof value !== "string" && !Number.isInteger(value)) throw mismatch(value, INT32, place, true);
    return value;
  }
  if (OPAQUE.has(ref)) return value;
  const definition = definitionOf(ref) ?? {};
  if (definition["type"] !== "object") {
    if (typeof value === "object" || (definition["type"] === "string" && typeof value !== "string"))
      throw mismatch(value, definition, place);
    return value;
  }
  if (!isObject(value)) throw mismatch(value, { type: "struct", ref }, place);
  return decodeStruct(value, ref, place);
}

function decodeArray(value: unknown, property: OpenApiDefinition, place: Place): unknown {
  if (!Array.isArray(value)) throw mismatch(value, property, place);
  const items = property["items"] as OpenApiDefinition;
  const goType = partOf(place.goType, /^\[\]/);
  return value.map((item: unknown, index) => {
    const at = { ...place, path: `${place.path}[${index}]`, goType };
    return item === null ? (filled(items, at) ?? null) : decodeValue(item, items, at);
  });
}

function decodeMap(value: unknown, property: OpenApiDefinition, place: Place): unknown {
  if (!isObject(value)) throw mismatch(value, property, place);
  const values = property["additionalProperties"];
  if (!isObject(values)) return value;
  const result: JsonObject = {};
  const goType = partOf(place.goType, /^map\[[^\]]*\]/);
  for (const [key, part] of Object.entries(value)) {
    const decoded = part === null ? zeroOf(values) : decodeValue(part, values, { ...place, path: join(place.path, key), goType });
    Object.defineProperty(result, key, { value: decoded, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

/** The type of the parts of a list or map that has no name of its own. */
function partOf(goType: string | undefined, opening: RegExp): string | undefined {
  return goType !== undefined && opening.test(goType) ? goType.replace(opening, "") : undefined;
}

/** A null in a map is the zero value of the map's type. */
function zeroOf(definition: OpenApiDefinition): unknown {
  const { default: fallback } = definition;
  return fallback ?? (definition["type"] === "string" ? "" : null);
}

/** Definitions that are written as they come. */
const OPAQUE: ReadonlySet<string> = new Set([
  "io.k8s.apimachinery.pkg.runtime.RawExtension",
  `${META}.FieldsV1`,
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
]);

/** Zero of its own type: a wrong type is refused, not dropped. */
function isZero(value: unknown, { type }: OpenApiDefinition): boolean {
  return value === "" ? type === "string" : value === 0 ? type === "integer" || type === "number" : value === false && type === "boolean";
}

function isEmpty(value: unknown, property: OpenApiDefinition): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return property["type"] === "object" && isObject(value) && Object.keys(value).length === 0;
}

function refOf(property: OpenApiDefinition): string | undefined {
  const direct = property["$ref"] ?? (property["allOf"] as readonly { readonly $ref?: string }[] | undefined)?.[0]?.$ref;
  return typeof direct === "string" ? direct.slice(REF.length) : undefined;
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** `io.k8s.api.apps.v1.DeploymentSpec` → `DeploymentSpec`. */
function goName(definitionName: string): string {
  return definitionName.slice(definitionName.lastIndexOf(".") + 1);
}

function mismatch(value: unknown, wanted: OpenApiDefinition, place: Place, readsItself = false): Error {
  const { struct, goPath, goType = goTypeOf(wanted) } = place;
  return new TypeMismatch({ found: value, kind: kindOf(wanted), goType, field: `${struct}.${goPath}`, readsItself });
}

function kindOf(wanted: OpenApiDefinition): string {
  const { type } = wanted;
  if (type === "array") return "slice";
  if (type === "object") return "map";
  return type === "struct" ? "struct" : goTypeOf(wanted);
}

function goTypeOf(definition: OpenApiDefinition): string {
  const ref = (definition["ref"] as string | undefined) ?? refOf(definition);
  if (ref !== undefined) return `${packageOf(ref)}.${goName(ref)}`;
  const { type, format, items, additionalProperties } = definition;
  switch (type) {
    case "boolean":
      return "bool";
    case "integer":
      return typeof format === "string" ? format : "int64";
    case "number":
      return "float64";
    case "array":
      return `[]${goTypeOf(items as OpenApiDefinition)}`;
    case "object":
      return `map[string]${isObject(additionalProperties) ? goTypeOf(additionalProperties) : "interface {}"}`;
    default:
      return format === "byte" ? "[]uint8" : "string";
  }
}

function packageOf(definitionName: string): string {
  const parts = definitionName.split(".");
  return parts[parts.length - 2] ?? "v1";
}
