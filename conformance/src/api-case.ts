import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sleep } from "@operatorkit/observe";
import type { JsonBody, RawHttp, RawRequest, RawResponse } from "./raw-http.ts";
import type { Target } from "./target.ts";
import { WatchStream } from "./watch-stream.ts";

/** One named fact about the Kubernetes API, checked over HTTP. */
export interface ApiCase {
  /** A sentence about behaviour; unique among all cases. */
  readonly name: string;
  run(api: CaseContext): Promise<void>;
}

/** Patch formats by their short names. */
export const PATCH_TYPES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

/** A kind of custom resource that a case has for itself. */
export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly apiVersion: string;
  readonly crdName: string;
  /** Where its objects are, in a namespace, or over all when left out. */
  path(namespace?: string, name?: string): string;
}

export interface CustomKindOptions {
  /** The whole openAPIV3Schema. @default spec and status with anything in them */
  readonly schema?: JsonBody;
  /** More fields of the CRD's only version. */
  readonly version?: JsonBody;
  /** More fields of the CRD's spec. */
  readonly spec?: JsonBody;
  /** @default true */
  readonly namespaced?: boolean;
}

/** What a case works with: requests, a namespace and kinds of its own. Whatever it made through here is deleted at the end. */
export class CaseContext {
  readonly target: Target;
  readonly http: RawHttp;
  /** Unique to this case and run; good as a part of names. */
  readonly id: string;
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  constructor(target: Target) {
    this.target = target;
    this.http = target.http;
    this.id = randomBytes(5).toString("hex").replace(/^\d/, "c");
  }

  get(path: string, options?: RawRequest): Promise<RawResponse> {
    return this.http.request("GET", path, options);
  }

  post(path: string, body: unknown, options?: RawRequest): Promise<RawResponse> {
    return this.http.request("POST", path, { body, ...options });
  }

  put(path: string, body: unknown, options?: RawRequest): Promise<RawResponse> {
    return this.http.request("PUT", path, { body, ...options });
  }

  patch(type: keyof typeof PATCH_TYPES, path: string, body: unknown, options: RawRequest = {}): Promise<RawResponse> {
    return this.http.request("PATCH", path, { body, ...options, headers: { "content-type": PATCH_TYPES[type], ...options.headers } });
  }

  delete(path: string, body?: unknown, options?: RawRequest): Promise<RawResponse> {
    return this.http.request("DELETE", path, { ...(body === undefined ? {} : { body }), ...options });
  }

  /** Applies as `manager`; `force` and more go into `query`. */
  apply(path: string, manager: string, body: unknown, query: string = ""): Promise<RawResponse> {
    return this.patch("apply", `${path}?fieldManager=${manager}${query}`, body);
  }

  /** Opens a watch; `path` has everything but `watch=true`. */
  async watch(path: string, options: RawRequest = {}): Promise<WatchStream> {
    const separator = path.includes("?") ? "&" : "?";
    const stream = new WatchStream(await this.http.open("GET", `${path}${separator}watch=true`, options));
    this.onEnd(async () => stream.close());
    return stream;
  }

  /** A namespace for this case. */
  async namespace(): Promise<string> {
    const name = `case-${this.id}-${this.#cleanups.length}`;
    await created(this.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } }));
    this.onEnd(() => this.delete(`/api/v1/namespaces/${name}`));
    return name;
  }

  /** Creates something that must be created, and returns it. */
  async create(path: string, body: JsonBody): Promise<JsonBody> {
    const object = await created(this.post(path, body));
    return object;
  }

  /** A kind of custom resource, established and served. */
  async customKind(options: CustomKindOptions = {}): Promise<CustomKind> {
    const definition = this.crd(options);
    const { group, names } = definition.spec as { group: string; names: { plural: string; kind: string } };
    const kind: CustomKind = {
      group,
      kind: names.kind,
      plural: names.plural,
      apiVersion: `${group}/v1`,
      crdName: `${names.plural}.${group}`,
      path: (namespace, name) =>
        `/apis/${group}/v1${namespace === undefined ? "" : `/namespaces/${namespace}`}/${names.plural}${name === undefined ? "" : `/${name}`}`,
    };
    await created(this.post(CRDS, definition));
    this.onEnd(() => this.delete(`${CRDS}/${kind.crdName}`));
    await this.eventually(async () => {
      assert.equal((await this.get(kind.path())).status, 200, `${kind.crdName} is served`);
      // The real server learns of a new kind in two places: its objects may be listed before they can be created.
      const probe = await this.post(kind.path(options.namespaced === false ? undefined : "default") + "?dryRun=All", {});
      assert.notEqual(probe.status, 404);
      assert.notEqual(probe.status, 429);
    });
    return kind;
  }

  /** The CRD that `customKind` would create. */
  crd(options: CustomKindOptions = {}): JsonBody {
    const group = `g${this.id}${this.#cleanups.length}.example.com`;
    const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const schema = options.schema ?? { type: "object", properties: { spec: anything, status: anything } };
    return {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
        scope: options.namespaced === false ? "Cluster" : "Namespaced",
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema }, ...options.version }],
        ...options.spec,
      },
    };
  }

  /** Tries again for ten seconds: for what a server does after it has answered. */
  async eventually(check: () => Promise<void>): Promise<void> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(50);
      }
    }
  }

  onEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  /** Undoes what was made, last first. */
  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup().catch(() => undefined);
  }
}

/** Where CRDs are. */
export const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

async function created(answer: Promise<RawResponse>): Promise<JsonBody> {
  const { status, text, json } = await answer;
  assert.equal(status, 201, text);
  return json;
}

/** Fails unless the answer is a Status with these fields; returns it. */
export function assertStatus(answer: RawResponse, code: number, fields: JsonBody = {}): JsonBody {
  assert.equal(answer.status, code, answer.text.slice(0, 500));
  assertIncludes(answer.json, { kind: "Status", apiVersion: "v1", status: "Failure", code, ...fields });
  return answer.json;
}

/** Fails unless the answer has this code; returns its body. */
export function assertCode(answer: RawResponse, code: number): JsonBody {
  assert.equal(answer.status, code, answer.text.slice(0, 500));
  return answer.json;
}

/** Fails unless `actual` has at least what `expected` has, all the way down; lists are compared whole. */
export function assertIncludes(actual: JsonBody, expected: JsonBody, path: string = ""): void {
  if (expected === null || typeof expected !== "object" || Array.isArray(expected)) {
    if (Array.isArray(expected) && expected.some((item) => item !== null && typeof item === "object")) {
      assert.ok(Array.isArray(actual), `${path || "it"} is no list but ${JSON.stringify(actual)}`);
      assert.equal(actual.length, expected.length, `${path || "it"} has other items: ${JSON.stringify(actual).slice(0, 500)}`);
      for (const [index, item] of expected.entries()) assertIncludes(actual[index], item, `${path}[${index}]`);
      return;
    }
    assert.deepEqual(actual, expected, `${path || "it"} is ${JSON.stringify(actual)?.slice(0, 500)}, not ${JSON.stringify(expected)}`);
    return;
  }
  assert.ok(actual !== null && typeof actual === "object", `${path || "it"} is ${JSON.stringify(actual)}, not an object`);
  for (const [key, value] of Object.entries(expected)) {
    if (value === undefined)
      assert.ok(!Object.hasOwn(actual, key), `${path}.${key} should be absent, and is ${JSON.stringify(actual[key])}`);
    else assertIncludes(actual[key], value, `${path}.${key}`);
  }
}
