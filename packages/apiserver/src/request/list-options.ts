import { forbidden, notSupported, type FieldProblem } from "../field-problem.ts";
import { badRequest, invalidError } from "../status-error.ts";

/** The query of a list or watch, parsed. */
export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly continueToken: string;
  /** As given; `""` when left out. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: "" | "Exact" | "NotOlderThan";
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

/**
 * Parses and checks list options.
 * Source: apimachinery `internalversion/validation/validation.go`.
 * @throws StatusError 400 for what does not parse, 422 for what does not go together
 */
export function listOptions(query: URLSearchParams): ListOptions {
  const match = query.get("resourceVersionMatch") ?? "";
  const options = {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
    limit: integer(query, "limit") ?? 0,
    continueToken: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    watch: boolean(query, "watch") ?? false,
    allowWatchBookmarks: boolean(query, "allowWatchBookmarks") ?? false,
    sendInitialEvents: boolean(query, "sendInitialEvents"),
    timeoutSeconds: integer(query, "timeoutSeconds"),
  };
  const problems = options.watch ? watchProblems({ ...options, match }) : listProblems({ ...options, match });
  if (problems.length > 0) throw invalidError({ group: "meta.k8s.io", resource: "ListOptions" }, "", problems);
  return { ...options, resourceVersionMatch: match as ListOptions["resourceVersionMatch"] };
}

interface Checked {
  readonly match: string;
  readonly resourceVersion: string;
  readonly continueToken: string;
  readonly sendInitialEvents: boolean | undefined;
}

const FIELD = "resourceVersionMatch";

function listProblems({ match, resourceVersion, continueToken, sendInitialEvents }: Checked): readonly FieldProblem[] {
  const problems = match === "" ? [] : listMatchProblems(match, resourceVersion, continueToken);
  if (sendInitialEvents !== undefined) problems.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  return problems;
}

function listMatchProblems(match: string, resourceVersion: string, continueToken: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (resourceVersion === "") problems.push(forbidden(FIELD, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
  if (continueToken !== "") problems.push(forbidden(FIELD, "resourceVersionMatch is forbidden when continue is provided"));
  if (match !== "Exact" && match !== "NotOlderThan") problems.push(notSupported(FIELD, match, ["Exact", "NotOlderThan", ""]));
  if (match === "Exact" && resourceVersion === "0") {
    problems.push(forbidden(FIELD, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return problems;
}

function watchProblems({ match, continueToken, sendInitialEvents }: Checked): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (continueToken !== "") problems.push(forbidden(FIELD, "resourceVersionMatch is forbidden when continue is provided"));
  if (sendInitialEvents !== undefined && match !== "NotOlderThan") {
    problems.push(forbidden(FIELD, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  if (match !== "" && sendInitialEvents === undefined) {
    problems.push(forbidden(FIELD, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  }
  if (match !== "" && match !== "NotOlderThan") problems.push(notSupported(FIELD, match, ["NotOlderThan"]));
  return problems;
}

/** A decimal integer; 400 in Go's words otherwise. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Any value but `false` and `0` (in any case) is true, and so is none at all. Source: apimachinery `runtime/conversion.go`. */
export function boolean(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return text.toLowerCase() !== "false" && text !== "0";
}
