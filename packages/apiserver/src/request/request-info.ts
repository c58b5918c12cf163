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
}

/** Takes a decoded path apart. Parts beyond a subresource make it `other`. */
export function requestInfo(path: string): RequestInfo {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts[0] === "api" && parts.length >= 3) return resource("", parts[1] as string, parts.slice(2));
  if (parts[0] === "apis" && parts.length >= 4) return resource(parts[1] as string, parts[2] as string, parts.slice(3));
  return { type: "other" };
}

function resource(group: string, version: string, rest: readonly string[]): RequestInfo {
  let namespace = "";
  let parts = rest;
  if (parts[0] === "namespaces" && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] as string)) {
    namespace = parts[1] as string;
    parts = parts.slice(2);
  }
  const [plural = "", name = "", subresource = "", ...beyond] = parts;
  if (beyond.length > 0) return { type: "other" };
  return { type: "resource", target: { group, version, namespace, plural, name, subresource } };
}

const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(["status", "finalize"]);
