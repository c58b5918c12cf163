import { boolean } from "../request/list-options.ts";
import { requestInfo } from "../request/request-info.ts";
import type { ServerRequest } from "../handler.ts";
import type { Registry } from "../registry.ts";
import type { ResourceDescriptor } from "../resource-descriptor.ts";
import { verbOf } from "../resource-handler.ts";
import type { FaultMatch } from "./fault-rule.ts";

/** What a fault may ask of a request, known before anything is handled. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly userAgent: string;
  readonly verb: string | undefined;
  readonly descriptor: ResourceDescriptor | undefined;
  readonly group: string | undefined;
  readonly resource: string | undefined;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly initialEvents: boolean;
  readonly continued: boolean;
}

export function requestFacts({ method, path: raw, headers }: ServerRequest, registry: Registry): RequestFacts {
  const mark = raw.indexOf("?");
  const path = decoded(mark === -1 ? raw : raw.slice(0, mark));
  const query = new URLSearchParams(mark === -1 ? "" : raw.slice(mark + 1));
  const info = requestInfo(path);
  const target = info.type === "resource" ? info.target : undefined;
  const verb = target === undefined ? undefined : verbOf(method, target, query);
  return {
    method,
    path,
    query,
    userAgent: headers["user-agent"] ?? "",
    verb,
    descriptor: target === undefined ? undefined : registry.find(target.group, target.version, target.plural),
    group: target?.group,
    resource: target?.plural,
    subresource: target?.subresource,
    namespace: target?.namespace,
    name: target?.name,
    initialEvents: verb === "watch" && boolean(query, "sendInitialEvents") === true,
    continued: verb === "list" && (query.get("continue") ?? "") !== "",
  };
}

/** Whether all that a match names is so. Its turns and its event are not looked at. */
export function matchesRequest(match: FaultMatch, facts: RequestFacts): boolean {
  const { verb, kind, path, userAgent } = match;
  if (verb !== undefined && !([verb].flat() as readonly (string | undefined)[]).includes(facts.verb)) return false;
  if (kind !== undefined && facts.descriptor?.kind !== kind) return false;
  if (path !== undefined && !facts.path.startsWith(path)) return false;
  if (userAgent !== undefined && !facts.userAgent.includes(userAgent)) return false;
  return SAME.every((field) => match[field] === undefined || match[field] === facts[field]);
}

const SAME = ["group", "resource", "subresource", "namespace", "name", "method", "initialEvents", "continued"] as const;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
