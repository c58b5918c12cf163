import { aKind, ApiError, type RequestOptions } from "@operatorkit/api";
import { dns1123LabelProblems, dns1123SubdomainProblems, type Kind, type KubernetesObject, type ObjectOf } from "@operatorkit/object";
import { aList, checkOptions, having, must, required } from "@operatorkit/observe/options";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { RawRequest } from "./request/raw-request.ts";
import type { Query } from "./request/resource-path.ts";

/** An answer of one group, by what it is. */
export type Decoded<T extends KubernetesObject> =
  | { readonly type: "object"; readonly object: T }
  | { readonly type: "list"; readonly items: readonly T[]; readonly resourceVersion: string; readonly continue?: string }
  /** What has no kind of the group: a Status of success, a log. */
  | { readonly type: "other"; readonly value: unknown };

export interface HttpRequestOptions extends RequestOptions {
  readonly query?: Query;
}

/** A request in one group version: its `path` goes on where `/apis/<group>/<version>/` ends. */
export type HttpRequest = Omit<RawRequest, "as" | "accept">;

/**
 * Raw access to one group version: you write the path, its kinds come back typed and told apart. Items of a list get the
 * apiVersion and kind that a list of built-in kinds says once.
 */
export class HttpClient<T extends KubernetesObject> {
  readonly group: string;
  readonly version: string;
  /** `/apis/<group>/<version>`, or `/api/v1`. */
  readonly root: string;
  readonly #client: Pick<KubernetesClient, "request">;
  readonly #kinds: readonly Kind[];

  /**
   * @throws {TypeError} naming the argument that cannot work
   * @throws {ApiError} `InvalidRequest` for a kind of another group version
   */
  constructor(client: Pick<KubernetesClient, "request">, group: string, version: string, kinds: readonly Kind<T>[]) {
    checkOptions("HttpClient", { client, group, version, kinds }, ARGUMENTS);
    const stray = kinds.find((kind) => kind.group !== group || kind.version !== version);
    if (stray !== undefined) {
      throw new ApiError(
        `HTTP client of ${group}/${version}: ${stray.kind} is of ${stray.apiVersion}; make one client for each group version`,
        {
          code: "InvalidRequest",
        },
      );
    }
    this.group = group;
    this.version = version;
    this.root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    this.#client = client;
    this.#kinds = kinds;
  }

  /** `get("namespaces/default/samples/a")`, `get("samples", { query: { limit: 500 } })`. */
  async get(path: string, options: HttpRequestOptions = {}): Promise<Decoded<T>> {
    return await this.request({ path, ...options });
  }

  async request(request: HttpRequest): Promise<Decoded<T>> {
    const path = `${this.root}/${request.path.replace(/^\//, "")}`;
    return this.#decode(await this.#client.request({ ...request, path, as: "json" }), `${request.method ?? "GET"} ${path}`);
  }

  #decode(value: unknown, action: string): Decoded<T> {
    const { apiVersion, kind: name, items, metadata } = (value ?? {}) as Readonly<Record<string, unknown>>;
    const own = this.group === "" ? this.version : `${this.group}/${this.version}`;
    if (apiVersion !== own || name === "Status" || typeof name !== "string") return { type: "other", value };
    const listed = Array.isArray(items) ? this.#kinds.find(({ listKind }) => listKind === name) : undefined;
    if (listed !== undefined) {
      const { resourceVersion = "", continue: next } = (metadata ?? {}) as { resourceVersion?: string; continue?: string };
      const whole = (items as object[]).map((item) => ({ apiVersion: listed.apiVersion, kind: listed.kind, ...item }) as unknown as T);
      return { type: "list", items: whole, resourceVersion, ...(next === undefined || next === "" ? {} : { continue: next }) };
    }
    if (!this.#kinds.some(({ kind }) => kind === name)) {
      const known = this.#kinds.map(({ kind }) => kind).join(", ");
      throw new ApiError(`${action}: the answer is a ${name}, and this client was made for ${known || "no kind"}; add its kind`, {
        code: "MalformedResponse",
      });
    }
    // The server vouches for the rest of the type.
    return { type: "object", object: value as T };
  }
}

/** What is wrong here would be a path that no server has, and a 404 that says nothing of it. */
const ARGUMENTS = {
  client: required(having("a client", ["request"], "connect() makes one")),
  group: required(
    must('be a domain such as example.com; "" for the core group', (text) => text === "" || isFine(dns1123SubdomainProblems, text)),
  ),
  version: required(must("be such as v1", (text) => isFine(dns1123LabelProblems, text))),
  kinds: required(aList(aKind)),
};

function isFine(problems: (text: string) => readonly string[], text: unknown): boolean {
  return typeof text === "string" && problems(text).length === 0;
}

/** A client bound to `/apis/<group>/<version>`, which knows these kinds. */
export function newHttpClient<const Kinds extends readonly Kind[]>(
  client: Pick<KubernetesClient, "request">,
  group: string,
  version: string,
  kinds: Kinds,
): HttpClient<ObjectOf<Kinds[number]>> {
  // Each is a kind of one of those objects.
  return new HttpClient(client, group, version, kinds as unknown as readonly Kind<ObjectOf<Kinds[number]>>[]);
}
