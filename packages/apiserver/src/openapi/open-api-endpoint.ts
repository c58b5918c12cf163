import { createHash } from "node:crypto";
import type { TransportResponse } from "@operatorkit/api";
import type { EndpointRequest } from "../handler.ts";
import type { Registry } from "../registry.ts";
import { jsonResponse, textResponse } from "../response.ts";
import { openApiDocument } from "./open-api-document.ts";

const ROOT = "/openapi/v3";

/**
 * Answers `/openapi/v3`: an index of group versions, each with a URL that changes when its document does, and the documents.
 * They are made when first asked for and again when a CRD has changed their kinds. There is no OpenAPI v2: every client that
 * speaks Kubernetes 1.27 or later gets along without it.
 */
export function openApiEndpoint({ path, registry, request, query }: EndpointRequest): TransportResponse | undefined {
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return undefined;
  const documents = documentsOf(registry);
  if (path === ROOT || path === `${ROOT}/`) {
    const paths = documents.keys().map((key) => [key, { serverRelativeURL: documents.get(key)?.url }]);
    return jsonResponse(200, { paths: Object.fromEntries(paths) });
  }
  const document = documents.get(path.slice(ROOT.length + 1));
  if (document === undefined) return textResponse(404, "", "text/plain; charset=utf-8");
  if (!takesJson(request.headers["accept"])) return textResponse(406, "", "text/plain; charset=utf-8", { vary: "Accept" });
  const { hash, text, url } = document;
  const etag = `"${hash}"`;
  const asked = query.get("hash");
  if (asked !== null && asked !== hash) return textResponse(301, "", "application/json", { location: url, etag, vary: "Accept" });
  const headers = { etag, vary: "Accept", ...(asked !== null && { "cache-control": "public, immutable" }) };
  if (request.headers["if-none-match"] === etag) return textResponse(304, "", "application/json", headers);
  return textResponse(200, text, "application/json", headers);
}

function takesJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === "") return true;
  return accept
    .split(",")
    .some((clause) => ["application/json", "application/*", "*/*"].includes(clause.split(";")[0]?.trim().toLowerCase() ?? ""));
}

interface Document {
  readonly text: string;
  readonly hash: string;
  readonly url: string;
}

/** The documents of one state of the registry, each made when first asked for. */
class Documents {
  readonly revision: number;
  readonly #registry: Registry;
  readonly #made: Map<string, Document>;

  constructor(registry: Registry, before: Documents | undefined) {
    this.#registry = registry;
    this.revision = registry.revision;
    // Built-in kinds never change: their documents outlive a new CRD.
    this.#made = new Map([...(before === undefined ? [] : before.#made)].filter(([key]) => this.#isBuiltIn(key)));
  }

  /** `api/v1`, `apis/apps/v1`, …: the keys of the index. */
  keys(): readonly string[] {
    return this.#registry.groups().flatMap(({ group, versions }) => versions.map((version) => keyOf(group, version)));
  }

  get(key: string): Document | undefined {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const [group, version] = groupVersionOf(key);
    const value = openApiDocument(this.#registry, group, version);
    if (value === undefined || keyOf(group, version) !== key) return undefined;
    const text = JSON.stringify(value);
    const hash = createHash("sha512").update(text).digest("hex").toUpperCase();
    const made = { text, hash, url: `${ROOT}/${key}?hash=${hash}` };
    this.#made.set(key, made);
    return made;
  }

  #isBuiltIn(key: string): boolean {
    const [group, version] = groupVersionOf(key);
    const origins = this.#registry.list().filter((one) => one.group === group && one.version === version);
    return origins.length > 0 && origins.every(({ origin }) => origin === "built-in");
  }
}

function keyOf(group: string, version: string): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

function groupVersionOf(key: string): readonly [group: string, version: string] {
  const [root = "", first = "", second = ""] = key.split("/");
  return root === "api" ? ["", first] : [first, second];
}

const cache = new WeakMap<Registry, Documents>();

function documentsOf(registry: Registry): Documents {
  const known = cache.get(registry);
  if (known?.revision === registry.revision) return known;
  const documents = new Documents(registry, known);
  cache.set(registry, documents);
  return documents;
}
