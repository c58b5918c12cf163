import { FieldSet } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import type { StructuralSchema } from "../structural-schema.ts";
import { mergeTypeOf } from "./merge-type.ts";
import { MergeError } from "./merge-error.ts";
import type { ResetFieldsOfVersion, TypeOfVersion } from "./ownership.ts";
import { entryOf, isMap } from "./shape.ts";
import { typeErrors } from "./type-errors.ts";
import type { MergeType } from "./merge-type.ts";

/** Who makes a change and how. */
export interface MergeOptions {
  /** The field manager's name. */
  readonly manager: string;
  /** The version the request speaks: `apps/v1`. */
  readonly apiVersion: string;
  /** The subresource the request goes to (`status`); its changes have entries of their own. */
  readonly subresource?: string;
  /** The kind's schema in this version. Without one every map merges and every list is atomic. */
  readonly schema?: StructuralSchema;
  /**
   * The schemas of the kind's other versions. Managers of a version that is not here are forgotten.
   * @default every version is known and has `schema`
   */
  readonly versions?: Readonly<Record<string, StructuralSchema>>;
  /**
   * Fields that a request to this resource cannot change (`status`), or to this subresource (`spec`); nobody comes to own them by it.
   * Managers of other versions lose them, and conflict, all the same when the request goes to no subresource.
   */
  readonly resetFields?: FieldSet;
  /** Now, in milliseconds since 1970: the time of the manager's entry when it changes something. */
  readonly nowMs: number;
}

export function typesOf(options: MergeOptions): TypeOfVersion {
  const own = mergeTypeOf(options.schema);
  const { versions } = options;
  if (versions === undefined) return () => own;
  return (apiVersion) => {
    if (apiVersion === options.apiVersion) return own;
    return Object.hasOwn(versions, apiVersion) ? mergeTypeOf(versions[apiVersion]) : undefined;
  };
}

/**
 * Which fields a change leaves alone, by the version of the manager they belong to. A custom resource's strategy names its `status` for
 * the request's version only. Source: apiextensions-apiserver `customresource/strategy.go` `GetResetFields`, and the real server.
 */
export function resetFieldsOf({ apiVersion, subresource = "", resetFields = FieldSet.empty }: MergeOptions): ResetFieldsOfVersion {
  return (version) => (subresource !== "" || version === apiVersion ? resetFields : FieldSet.empty);
}

/** @throws MergeError when `object` is not of the type, worded as the API server does for its `role` ("patch", "live"). */
export function checkType(type: MergeType, object: Json, role: string, allowsDuplicates: boolean): void {
  const errors = typeErrors(type, object, allowsDuplicates);
  if (errors.length === 0) return;
  const list = errors.length === 1 ? errors[0] : `errors:\n${errors.map((error) => `  ${error}`).join("\n")}`;
  throw new MergeError(`failed to create typed ${role} object (${describe(object)}): ${list}`, "InvalidType");
}

/** `namespace/name; group/version, Kind=kind` */
function describe(object: Json): string {
  const metadata = isMap(object) ? entryOf(object, "metadata") : undefined;
  const apiVersion = textAt(object, "apiVersion");
  const groupVersion = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
  return `${textAt(metadata, "namespace")}/${textAt(metadata, "name")}; ${groupVersion}, Kind=${textAt(object, "kind")}`;
}

function textAt(map: Json | undefined, key: string): string {
  const text = isMap(map) ? entryOf(map, key) : undefined;
  return typeof text === "string" ? text : "";
}
