import { ApiError } from "@operatorkit/api";
import type { Kind, ObjectRef } from "@operatorkit/object";

/** What a query may hold; undefined values are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a kind's objects are listed and created: `/apis/apps/v1/namespaces/default/deployments`. */
export function collectionPath(kind: Kind, namespace?: string): string {
  // A `{ apiVersion, kind }` looks like a kind from JavaScript, and would be taken for a cluster-scoped one.
  if (typeof kind?.plural !== "string")
    throw refused(
      "apiVersion and kind alone do not say where objects are: give a Kind, such as await client.resolve({ apiVersion, kind })",
    );
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  if (namespace === undefined || namespace === "") return `${root}/${kind.plural}`;
  if (!kind.namespaced) throw refused(`${kind.kind} is cluster-scoped: leave the namespace ${JSON.stringify(namespace)} out`);
  return `${root}/namespaces/${segment(kind, "namespace", namespace)}/${kind.plural}`;
}

/** Where a new object goes. */
export function creationPath(kind: Kind, namespace?: string): string {
  if (kind.namespaced && (namespace === undefined || namespace === "")) throw refused(`${kind.kind} is namespaced: give a namespace`);
  return collectionPath(kind, namespace);
}

/** Where one object is, or a part of it. */
export function objectPath(kind: Kind, ref: ObjectRef, subresource?: string): string {
  if (typeof ref.name !== "string" || ref.name === "") throw refused(`the name of the ${kind.kind} is empty: give one`);
  const path = `${creationPath(kind, ref.namespace)}/${segment(kind, "name", ref.name)}`;
  return subresource === undefined ? path : `${path}/${segment(kind, "subresource", subresource)}`;
}

/** A path with its query. */
export function withQuery(path: string, query: Query): string {
  let text = path;
  let joint = "?";
  for (const name in query) {
    const value = query[name];
    if (value === undefined || value === "") continue;
    // Nearly always there is nothing to escape, and to find out costs a tenth of escaping.
    text += `${joint}${isPlain.test(String(value)) ? `${name}=${value}` : String(new URLSearchParams([[name, String(value)]]))}`;
    joint = "&";
  }
  return text;
}

const isPlain = /^[\w.-]+$/;

/** The server's own rule for names in paths. Source: apimachinery `api/validation/path.IsValidPathSegmentName`. */
function segment(kind: Kind, what: string, value: string): string {
  if (value === "." || value === ".." || /[/%]/.test(value)) {
    throw refused(
      `the ${what} ${JSON.stringify(value)} of the ${kind.kind} cannot be in a URL: it may not hold "/" or "%", nor be "." or ".."`,
    );
  }
  return encodeURIComponent(value);
}

function refused(why: string): ApiError {
  return new ApiError(why, { code: "InvalidRequest" });
}
