/** What a path is about, as the API server itself reads it. */
export interface RequestTarget {
  /** The path with its names taken out, so that there are few of them. Undefined outside `/api` and `/apis`, where names are not known. */
  readonly template: string | undefined;
  /** The plural: `pods`. */
  readonly resource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Source: apiserver `pkg/endpoints/request/requestinfo.go`. */
export function targetOf(path: string): RequestTarget {
  const query = path.indexOf("?");
  const [prefix, ...segments] = (query === -1 ? path : path.slice(0, query)).split("/").filter((segment) => segment !== "");
  if (prefix !== "api" && prefix !== "apis") return NOTHING;
  const head = segments.slice(0, prefix === "api" ? 1 : 2);
  const rest = segments.slice(head.length);
  // `namespaces/x/status` and `namespaces/x/finalize` are parts of the namespace itself.
  const isInside = rest[0] === "namespaces" && rest.length > 2 && rest[2] !== "status" && rest[2] !== "finalize";
  const [resource, name, part, ...more] = isInside ? rest.slice(2) : rest;
  const template = [
    "",
    prefix,
    ...head,
    ...(isInside ? ["namespaces", "{namespace}"] : []),
    ...(resource === undefined ? [] : [resource]),
    ...(name === undefined ? [] : ["{name}"]),
    ...(part === undefined ? [] : [part]),
    ...(more.length === 0 ? [] : ["{path}"]),
  ].join("/");
  const namespace = isInside ? rest[1] : undefined;
  return { template, resource, namespace: decoded(namespace), name: decoded(name) };
}

const NOTHING: RequestTarget = Object.freeze({ template: undefined, resource: undefined, namespace: undefined, name: undefined });

/** A raw request's path may hold anything. */
function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
