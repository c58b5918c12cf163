import type { ServerRequest } from "../handler.ts";
import { type JsonObject, isObject, stringAt } from "../json-object.ts";
import type { GroupVersionKind } from "../resource-descriptor.ts";
import { StatusError, badRequest, invalidError } from "../status-error.ts";
import type { DecodedObject } from "../typed/decode-built-in.ts";
import { type DecodedBody, decodeBody } from "./decode-body.ts";
import { isObjectTooDeep, TOO_DEEP_JSON } from "./nesting.ts";

/** The type a body is read as. */
export interface BodyType extends GroupVersionKind {
  readonly origin: "built-in" | "custom";
  readonly decode: (value: JsonObject) => DecodedObject;
}

export type FieldValidation = "Ignore" | "Warn" | "Strict";

/**
 * Reads a request's body as an object of the given type, checks that it says the same, and deals with fields the type does not
 * have as `fieldValidation` says; warnings are added to `warnings`.
 *
 * @throws StatusError 400, 413, 415, 422
 */
export function decodeObject(request: ServerRequest, type: BodyType, fieldValidation: FieldValidation, warnings: string[]): JsonObject {
  const unrecognized = (problem: string, text: string): Error =>
    badRequest(`the object provided is unrecognized (must be of type ${type.kind}): ${problem} (${excerpt(text, type)})`);
  const body = decodeBody(request.body, request.headers["content-type"], {
    takesProtobuf: type.origin === "built-in",
    refuse: (problem, text) => unrecognized(`couldn't get version/kind; json parse error: ${problem}`, text),
  });
  const value = asObject(body, (problem) => unrecognized(problem, body.text));
  checkType(value, body, type, (problem) => unrecognized(problem, body.text));
  return typedObject(value, body.duplicates, type, fieldValidation, warnings);
}

/** Reads a value that is already parsed: what a patch made of an object. */
export function typedObject(
  value: JsonObject,
  duplicates: readonly string[],
  type: BodyType,
  fieldValidation: FieldValidation,
  warnings: string[],
): JsonObject {
  if (isObjectTooDeep(value)) throw badRequest(cannotHandle(type, TOO_DEEP_JSON));
  const decoded = decodeTyped(value, type);
  const findings = [...duplicates.map((path) => `duplicate field "${path}"`), ...decoded.unknown.map((path) => `unknown field "${path}"`)];
  if (findings.length > 0 && fieldValidation === "Strict") {
    throw badRequest(cannotHandle(type, `strict decoding error: ${findings.join(", ")}`));
  }
  if (fieldValidation === "Warn") warnings.push(...findings.slice(0, MAX_WARNINGS));
  const { kind: _kind, apiVersion: _apiVersion, metadata = {}, ...rest } = decoded.object;
  return { kind: type.kind, apiVersion: apiVersionOf(type), metadata, ...rest };
}

const MAX_WARNINGS = 50;

function decodeTyped(value: JsonObject, type: BodyType): DecodedObject {
  try {
    return type.decode(value);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 400) throw error;
    throw new StatusError({ code: 400, reason: "BadRequest", message: cannotHandle(type, error.message), cause: error });
  }
}

function cannotHandle({ kind, version }: BodyType, why: string): string {
  return `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`;
}

/** `null` is an empty object, as Go reads it. */
function asObject({ value }: DecodedBody, unrecognized: (problem: string) => Error): JsonObject {
  if (value === null) return {};
  if (isObject(value)) return value;
  const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  throw unrecognized(`couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type ${TYPE_META}`);
}

const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function checkType(value: JsonObject, { text }: DecodedBody, type: BodyType, unrecognized: (problem: string) => Error): void {
  const kind = stringAt(value, "kind");
  const apiVersion = stringAt(value, "apiVersion");
  const expected = apiVersionOf(type);
  if (type.origin === "custom") {
    if (kind === "") throw unrecognized(`Object 'Kind' is missing in '${text}'`);
    if (apiVersion !== expected) throw wrongVersion(apiVersion, expected);
    if (kind === type.kind) return;
    throw invalidError({ group: type.group, resource: kind }, stringAt(value["metadata"], "name"), [
      { reason: "FieldValueInvalid", field: "kind", message: `Invalid value: ${JSON.stringify(kind)}: must be ${type.kind}` },
    ]);
  }
  if (apiVersion !== "" && apiVersion !== expected) {
    if (kind === type.kind || kind === "") throw wrongVersion(apiVersion, expected);
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  if (kind !== "" && kind !== type.kind) {
    const internal = type.group === "" ? "core" : (type.group.split(".")[0] as string);
    throw badRequest(
      `${kind} in version "${type.version}" cannot be handled as a ${type.kind}: converting (${type.version}.${kind}) to (${internal}.${type.kind}): unknown conversion`,
    );
  }
}

function wrongVersion(apiVersion: string, expected: string): Error {
  return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
}

export function apiVersionOf({ group, version }: GroupVersionKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The start of a body, as error messages show it: in hex when it does not look like an object. */
function excerpt(text: string, { origin }: BodyType): string {
  if (text.startsWith("{")) {
    const max = origin === "custom" ? 30 : 4096;
    return text.length <= max ? text : `${text.slice(0, max)} ...`;
  }
  if (text === "") return "<empty>";
  const hex = Buffer.from(text).toString("hex");
  return hex.length <= 60 ? hex : `${hex.slice(0, 60)} ...`;
}
