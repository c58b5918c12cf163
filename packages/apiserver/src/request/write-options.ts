import { forbidden, notSupported, required, invalid, type FieldProblem } from "../field-problem.ts";
import type { ServerRequest } from "../handler.ts";
import { type JsonObject, isObject } from "../json-object.ts";
import { invalidError } from "../status-error.ts";
import { boolean } from "./list-options.ts";
import { decodeOptions } from "./decode-body.ts";

/** The query of a create, update or patch. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: "Ignore" | "Warn" | "Strict";
  readonly force: boolean;
}

/**
 * Parses and checks write options; the field manager is the user agent's product when left out.
 * Source: apimachinery `meta/v1/validation/validation.go`, apiserver `endpoints/handlers/create.go` (managerOrUserAgent).
 */
export function writeOptions(
  kind: "CreateOptions" | "UpdateOptions" | "PatchOptions",
  query: URLSearchParams,
  request: ServerRequest,
  isApply = false,
): WriteOptions {
  const problems: FieldProblem[] = [];
  const fieldManager = query.get("fieldManager") ?? "";
  const force = boolean(query, "force");
  if (kind === "PatchOptions") {
    if (isApply && fieldManager === "") problems.push(required("fieldManager", "is required for apply patch"));
    if (!isApply && force !== undefined) problems.push(forbidden("force", "may not be specified for non-apply patch"));
  }
  problems.push(...managerProblems(fieldManager));
  const dryRun = query.getAll("dryRun");
  problems.push(...dryRunProblems(dryRun));
  const fieldValidation = query.get("fieldValidation") ?? "";
  if (!FIELD_VALIDATION.includes(fieldValidation)) problems.push(notSupported("fieldValidation", fieldValidation, FIELD_VALIDATION));
  if (problems.length > 0) throw invalidError({ group: "meta.k8s.io", resource: kind }, "", problems);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: fieldManager === "" ? productOf(request.headers["user-agent"] ?? "") : fieldManager,
    fieldValidation: fieldValidation === "" ? "Warn" : (fieldValidation as WriteOptions["fieldValidation"]),
    force: force ?? false,
  };
}

const FIELD_VALIDATION = ["", "Ignore", "Strict", "Warn"];
const MAX_MANAGER_LENGTH = 128;

function managerProblems(name: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (name.length > MAX_MANAGER_LENGTH) {
    problems.push({
      reason: "FieldValueTooLong",
      field: "fieldManager",
      message: `Too long: may not be more than ${MAX_MANAGER_LENGTH} bytes`,
    });
  }
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(name)) problems.push(invalid("fieldManager", name, "should only contain printable characters"));
  return problems;
}

function dryRunProblems(dryRun: readonly string[]): readonly FieldProblem[] {
  return dryRun.every((value) => value === "All") ? [] : [notSupported("dryRun", dryRun, ["All"])];
}

function productOf(userAgent: string): string {
  const product = userAgent.split("/")[0] ?? "";
  return product.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, "").slice(0, MAX_MANAGER_LENGTH) || "unknown";
}

/** What a delete asks for. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly policy: "Orphan" | "Background" | "Foreground" | undefined;
  /** Asked for the old way (`orphanDependents: false`), which is answered 202 while it goes on. */
  readonly answersAccepted: boolean;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/** Delete options from the body, or else from the query. Source: apiserver `endpoints/handlers/delete.go`, `meta/v1/validation`. */
export function deleteOptions(query: URLSearchParams, request: ServerRequest): DeleteOptions {
  return deleteOptionsFrom(decodeOptions(request.body, request.headers["content-type"]) ?? fromQuery(query));
}

/** Delete options that are already parsed. @throws StatusError 422 */
export function deleteOptionsFrom(body: JsonObject): DeleteOptions {
  const policy = body["propagationPolicy"];
  const orphan = body["orphanDependents"];
  const dryRun = Array.isArray(body["dryRun"]) ? (body["dryRun"] as unknown[]).map(String) : [];
  const problems: FieldProblem[] = [];
  if (policy !== undefined && orphan !== undefined) {
    problems.push(invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"));
  }
  if (policy !== undefined && policy !== "Foreground" && policy !== "Background" && policy !== "Orphan") {
    problems.push(notSupported("propagationPolicy", policy, ["Foreground", "Background", "Orphan", "nil"]));
  }
  problems.push(...dryRunProblems(dryRun));
  if (problems.length > 0) throw invalidError({ group: "meta.k8s.io", resource: "DeleteOptions" }, "", problems);
  const preconditions = isObject(body["preconditions"]) ? body["preconditions"] : {};
  return {
    dryRun: dryRun.length > 0,
    gracePeriodSeconds: typeof body["gracePeriodSeconds"] === "number" ? body["gracePeriodSeconds"] : undefined,
    policy: orphan === undefined ? (policy as DeleteOptions["policy"]) : orphan === true ? "Orphan" : "Background",
    answersAccepted: orphan === false,
    uid: typeof preconditions["uid"] === "string" ? preconditions["uid"] : undefined,
    resourceVersion: typeof preconditions["resourceVersion"] === "string" ? preconditions["resourceVersion"] : undefined,
  };
}

function fromQuery(query: URLSearchParams): JsonObject {
  const options: JsonObject = {};
  const policy = query.get("propagationPolicy");
  if (policy !== null) options["propagationPolicy"] = policy;
  const orphan = boolean(query, "orphanDependents");
  if (orphan !== undefined) options["orphanDependents"] = orphan;
  const grace = query.get("gracePeriodSeconds");
  if (grace !== null && /^-?\d+$/.test(grace)) options["gracePeriodSeconds"] = Number(grace);
  const dryRun = query.getAll("dryRun");
  if (dryRun.length > 0) options["dryRun"] = dryRun;
  return options;
}
