import { type FieldProblem, forbidden, invalid } from "../field-problem.ts";
import { boolean } from "../request/list-options.ts";
import { badRequest, invalidError } from "../status-error.ts";

/** The query of a GET of a pod's log, parsed. */
export interface LogOptions {
  /** `""` when left out. */
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Lines written before this are left out. */
  readonly sinceMs: number | undefined;
}

/**
 * Parses and checks what a log is asked for with.
 * Source: k8s.io/kubernetes `pkg/apis/core/validation/validation.go` (ValidatePodLogOptions).
 * @throws StatusError 400 for what does not parse, 422 for what cannot be
 */
export function logOptions(query: URLSearchParams, podName: string, nowMs: number): LogOptions {
  const tailLines = int64(query, "tailLines");
  const limitBytes = int64(query, "limitBytes");
  const sinceSeconds = int64(query, "sinceSeconds");
  const sinceTimeMs = time(query, "sinceTime");
  const problems: FieldProblem[] = [];
  if (tailLines !== undefined && tailLines < 0) problems.push(invalid("tailLines", tailLines, "must be greater than or equal to 0"));
  if (limitBytes !== undefined && limitBytes < 1) problems.push(invalid("limitBytes", limitBytes, "must be greater than 0"));
  if (sinceSeconds !== undefined && sinceTimeMs !== undefined) {
    problems.push(forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    problems.push(invalid("sinceSeconds", sinceSeconds, "must be greater than 0"));
  }
  if (query.has("stream")) problems.push(forbidden("stream", "may not be specified"));
  if (problems.length > 0) throw invalidError({ group: "", resource: "PodLogOptions" }, podName, problems);
  return {
    container: query.get("container") ?? "",
    follow: boolean(query, "follow") ?? false,
    previous: boolean(query, "previous") ?? false,
    timestamps: boolean(query, "timestamps") ?? false,
    tailLines,
    limitBytes,
    sinceMs: sinceSeconds === undefined ? sinceTimeMs : nowMs - sinceSeconds * 1000,
  };
}

/** Unlike other numbers of a query, an empty one is refused. */
function int64(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function time(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const timeMs = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  const shown = JSON.stringify(text);
  throw badRequest(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown} as "2006"`);
}
