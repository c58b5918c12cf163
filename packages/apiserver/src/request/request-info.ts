/** What a path asks about. Source: apiserver `endpoints/request/requestinfo.go`. */
export type RequestInfo =
  | { readonly type: "resource"; readonly target: ResourceTarget }
  /** Discovery, health, OpenAPI and everything else. */
  | { readonly type: "other" };

export interface ResourceTarget {
  readonly group: string;
  readonly version: string;
  /** `""` at cluster scope. */
  readonly namespace: string;
  readonly plural: string;
  /** `""` for the whole collection. */
  readonly name: string;
  readonly subresource: string;
  /** The deprecated `/api/v1/watch/…` paths, which watch without saying so in the query. */
  readonly isWatchPath: boolean;
}

/** Takes a decoded path apart. */
export function requestInfo(path: string): RequestInfo {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts[0] === "api" && parts.length >= 3) return resource("", parts[1] as string, parts.slice(2));
  if (parts[0] === "apis" && parts.length >= 4) return resource(parts[1] as string, parts[2] as string, parts.slice(3));
  return { type: "other" };
}

function resource(group: string, version: string, rest: readonly string[]): RequestInfo {
  let namespace = "";
  const isWatchPath = rest[0] === "watch" && rest.length > 1;
  let parts = isWatchPath ? rest.slice(1) : rest;
  if (parts[0] === "namespaces" && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] as string)) {
    namespace = parts[1] as string;
    parts = parts.slice(2);
  }
  const [plural = "", name = "", ...subresource] = parts;
  return { type: "resource", target: { group, version, namespace, plural, name, subresource: subresource.join("/"), isWatchPath } };
}

const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(["status", "finalize"]);
