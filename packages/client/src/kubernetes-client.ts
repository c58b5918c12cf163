import {
  ApiError,
  isApiError,
  isNotFound,
  type ApplyOptions,
  type Client,
  type ClientDefaults,
  type DeleteOptions,
  type GetOptions,
  type Listing,
  type ListOptions,
  type ListPage,
  type ListWatch,
  type ListWatchScope,
  type Patch,
  type RequestOptions,
  type SubresourceWriteOptions,
  type Transport,
  type WriteOptions,
} from "@operatorkit/api";
import type { Kind, KindRef, KubernetesObject, Manifest, ObjectRef } from "@operatorkit/object";
import type { Scale } from "@operatorkit/object/kinds";
import { noMetrics, silentLogger, systemClock, type Clock, type Logger, type Metrics } from "@operatorkit/observe";
import { exponentialBackoff, type Backoff } from "@operatorkit/retry";
import { ConfigError } from "./config/config-error.ts";
import { StaticCredentials, type Credentials } from "./config/credentials.ts";
import type { Impersonation } from "./config/impersonation.ts";
import { AGGREGATED_DISCOVERY, decodeDiscovery, type ApiGroup } from "./discovery/api-resource.ts";
import { linesOf, type PodLogOptions } from "./pods/pod-logs.ts";
import { ObjectListing, type PageRequest } from "./object-listing.ts";
import type { Call, Verb } from "./request/call.ts";
import { callOf, type RawRequest } from "./request/raw-request.ts";
import { RequestMetrics } from "./request/request-metrics.ts";
import { Requester } from "./request/requester.ts";
import { collectionPath, creationPath, objectPath, withQuery, type Query } from "./request/resource-path.ts";
import { RestMapper } from "./rest-mapper.ts";
import { orAborted } from "./transport/or-aborted.ts";
import { decodeList } from "./watch/decode-list.ts";
import { KindListWatch } from "./watch/kind-list-watch.ts";

export interface KubernetesClientOptions extends ClientDefaults {
  /** What carries the requests: `ApiServer.transport()` in process, or your own. Closed with the client. */
  readonly transport: Transport;
  /** @default none: the transport says who is asking */
  readonly credentials?: Credentials;
  /** Make every request as somebody else. The transport must send `repeatedHeaders`. */
  readonly impersonate?: Impersonation;
  /** @internal how `toKubeConfig` is answered; `connect` knows. */
  readonly toKubeConfig?: () => Promise<unknown>;
  /** The server, for error messages and the metrics' `host` label. */
  readonly server?: { readonly host: string; readonly description: string };
  /** The namespace that the context, or the pod, is in. */
  readonly namespace?: string | undefined;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  /** How long a call may take as a whole, its retries included; a watch until it is accepted. @default 60000 */
  readonly requestTimeoutMs?: number;
  /** Waits between retries. @default 100 ms doubling to 5 s, half as much again at random */
  readonly backoff?: Backoff;
  /** Its first word is the field manager of writes that name none. @default "operatorkit" */
  readonly userAgent?: string;
  /**
   * Ask for large lists to be sent packed (gzip): a seventh of the bytes, for more of the server's time. Worth it on a slow line;
   * beside the server a list came a quarter later.
   * @default false
   */
  readonly compress?: boolean;
  /** Keep `metadata.managedFields` in what `listWatch` gives. @default false */
  readonly keepManagedFields?: boolean;
}

/** What `/version` answers. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly platform?: string;
}

/** What a client shares with those made from it by `with`. */
interface Core {
  readonly transport: Transport;
  readonly requester: Requester;
  readonly mapper: RestMapper;
  readonly namespace: string | undefined;
  readonly keepManagedFields: boolean;
  readonly toKubeConfig: (() => Promise<unknown>) | undefined;
}

/** An object that was applied. */
export interface Applied<T> {
  readonly object: T;
  /** False when everything applied was there already, and belonged to the field manager. */
  readonly changed: boolean;
}

const PATCH_TYPES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/**
 * A client of one Kubernetes API server. Make one with `connect`, or from a `Transport`.
 *
 * Calls reject with an `ApiError` that says what was being done to what. What may safely be repeated is, a bounded number
 * of times within `requestTimeoutMs`; see `retryDelayMs`. Objects are plain JSON as the server sent them, and yours.
 *
 * An idle client does not keep the process alive; a running request does, and so does an open watch.
 */
export class KubernetesClient implements Client, AsyncDisposable {
  readonly #core: Core;
  readonly #defaults: ClientDefaults;

  /** @internal `core` is what `with` hands on. */
  constructor(options: KubernetesClientOptions, core: Core = coreOf(options)) {
    this.#core = core;
    this.#defaults = defaultsOf(options.signal, options.fieldManager);
  }

  /** The namespace that the kubeconfig's context, or the pod, is in. No verb uses it: say where you read and write. */
  get namespace(): string | undefined {
    return this.#core.namespace;
  }

  get transport(): Transport {
    return this.#core.transport;
  }

  /** A client with its own defaults on the same connection. Closing either closes both. */
  with(defaults: ClientDefaults): KubernetesClient {
    const signals = [this.#defaults.signal, defaults.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const fieldManager = defaults.fieldManager ?? this.#defaults.fieldManager;
    return new KubernetesClient({ transport: this.#core.transport, ...defaultsOf(signal, fieldManager) }, this.#core);
  }

  async get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options: GetOptions = {}): Promise<T> {
    this.#core.mapper.learn(kind);
    const { resourceVersion } = options;
    const about = { kind, ref };
    return await this.#object(this.#call("get", about, "GET", () => withQuery(objectPath(kind, ref), { resourceVersion }), options));
  }

  list<T extends KubernetesObject>(kind: Kind<T>, options: ListOptions = {}): Listing<T> {
    this.#core.mapper.learn(kind);
    const { namespace, labelSelector, fieldSelector } = options;
    return new ObjectListing({
      options,
      fetch: async (page: PageRequest): Promise<ListPage<T>> => {
        const path = (): string => withQuery(collectionPath(kind, namespace), { ...page, labelSelector, fieldSelector });
        const call = this.#call("list", { kind, ref: { namespace } }, "GET", path, options);
        const { items, ...rest } = decodeList(await this.#core.requester.json(call), call.action);
        // The items of built-in lists lack what the list says once; the server vouches for the rest of the type.
        return {
          ...rest,
          items: items.map((item) => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...(item as object) }) as unknown as T),
        };
      },
    });
  }

  async create<T extends Manifest>(object: T, options?: WriteOptions): Promise<T & KubernetesObject>;
  async create<T extends KubernetesObject>(object: Manifest<T>, options?: WriteOptions): Promise<T>;
  async create(object: Manifest, options: WriteOptions = {}): Promise<KubernetesObject> {
    const kind = await this.#kindOf("create", object, options);
    const { namespace, name } = object.metadata;
    const path = (): string => withQuery(creationPath(kind, namespace), this.#writeQuery(options));
    return await this.#object(this.#call("create", { kind, ref: { namespace, name } }, "POST", path, options, jsonBody(object)));
  }

  async update<T extends KubernetesObject>(object: T, options: SubresourceWriteOptions = {}): Promise<T & KubernetesObject> {
    const kind = await this.#kindOf("update", object, options);
    const { subresource } = options;
    const path = (): string => withQuery(objectPath(kind, object.metadata, subresource), this.#writeQuery(options));
    return await this.#object(this.#call("update", { kind, ref: object.metadata, subresource }, "PUT", path, options, jsonBody(object)));
  }

  async patch<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options: SubresourceWriteOptions = {}): Promise<T> {
    this.#core.mapper.learn(kind);
    const { subresource } = options;
    const path = (): string => withQuery(objectPath(kind, ref, subresource), this.#writeQuery(options));
    const body = { contentType: PATCH_TYPES[patch.type], json: patch.type === "json" ? patch.operations : patch.body };
    return await this.#object(this.#call("patch", { kind, ref, subresource }, "PATCH", path, options, body));
  }

  async apply<T extends KubernetesObject>(object: T, options: ApplyOptions = {}): Promise<T & KubernetesObject> {
    const kind = await this.#kindOf("apply", object, options);
    const { force = true, subresource } = options;
    const query = this.#writeQuery(options);
    const about = { kind, ref: object.metadata, subresource };
    if (query["fieldManager"] === undefined) {
      throw new ApiError(
        `apply ${nameOf(about)}: fieldManager is missing: say who owns the applied fields, in the options or by connect({ fieldManager })`,
        { code: "InvalidRequest" },
      );
    }
    const path = (): string => withQuery(objectPath(kind, object.metadata, subresource), { ...query, force });
    const body = { contentType: "application/apply-patch+yaml", json: object };
    return await this.#object({ ...this.#call("patch", about, "PATCH", path, options, body), action: `apply ${nameOf(about)}` });
  }

  /**
   * `apply` that says whether anything changed: whether the resource version is another than that of `current`, which
   * a cache may give and is read first otherwise. A `current` that is behind makes `changed` true for somebody else's change.
   *
   * The request is always sent. Only the server knows its defaults, merge keys and normal forms (`1000m` is `1`), and whether
   * a field that is left out now was owned before; it answers an apply that changes nothing without writing, and no watch hears of it.
   */
  async applyAndCompare<T extends KubernetesObject>(
    object: T,
    { current, ...options }: ApplyOptions & { readonly current?: KubernetesObject | undefined } = {},
  ): Promise<Applied<T & KubernetesObject>> {
    const request = options.signal === undefined ? {} : { signal: options.signal };
    let before = current;
    if (before === undefined) {
      const kind = await this.#kindOf("apply", object, options);
      before = await this.get(kind, object.metadata, request).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    }
    const applied = await this.apply(object, options);
    const { uid, resourceVersion } = applied.metadata;
    return { object: applied, changed: before?.metadata.uid !== uid || before?.metadata.resourceVersion !== resourceVersion };
  }

  async delete<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    this.#core.mapper.learn(kind);
    await this.#core.requester.bytes(
      this.#call("delete", { kind, ref }, "DELETE", () => objectPath(kind, ref), options, deleteBody(options)),
    );
  }

  async deleteCollection<T extends KubernetesObject>(kind: Kind<T>, options: ListOptions & DeleteOptions = {}): Promise<void> {
    this.#core.mapper.learn(kind);
    const { namespace, labelSelector, fieldSelector, resourceVersion, resourceVersionMatch } = options;
    const path = (): string =>
      withQuery(creationPath(kind, namespace), { labelSelector, fieldSelector, resourceVersion, resourceVersionMatch });
    await this.#core.requester.bytes(
      this.#call("deletecollection", { kind, ref: { namespace } }, "DELETE", path, options, deleteBody(options)),
    );
  }

  /** How many replicas an object wants and has, whatever its kind: its `scale` subresource. */
  async getScale(kind: Kind, ref: ObjectRef, options: RequestOptions = {}): Promise<Scale> {
    this.#core.mapper.learn(kind);
    const about = { kind, ref, subresource: "scale" };
    return await this.#object(this.#call("get", about, "GET", () => objectPath(kind, ref, "scale"), options));
  }

  /** Asks for so many replicas, whatever else the object says. */
  async scale(kind: Kind, ref: ObjectRef, replicas: number, options: WriteOptions = {}): Promise<Scale> {
    const action = `scale ${nameOf({ kind, ref })}`;
    if (!Number.isSafeInteger(replicas) || replicas < 0)
      throw new ApiError(`${action}: replicas is ${replicas}, and must be a whole number from 0`, { code: "InvalidRequest" });
    // The server vouches for what a scale subresource answers.
    const patched: KubernetesObject = await this.patch(
      kind,
      ref,
      { type: "merge", body: { spec: { replicas } } },
      { ...options, subresource: "scale" },
    );
    return patched as Scale;
  }

  /**
   * Asks for a pod to be deleted where its disruption budgets allow it. Refused by them it rejects at once with `TooManyRequests`,
   * for you to ask again later, as `kubectl drain` does every 5 seconds.
   */
  async evict(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const eviction = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: ref.name, namespace: ref.namespace },
      deleteOptions: deleteBody(options)?.json,
    };
    const path = (): string => objectPath(PodKind, ref, "eviction");
    const call = this.#call("create", { kind: PodKind, ref, subresource: "eviction" }, "POST", path, options, jsonBody(eviction));
    await this.#core.requester.bytes({ ...call, action: `evict ${nameOf({ kind: PodKind, ref })}`, mayRetry: false });
  }

  /**
   * A container's log, line by line. Leaving the loop closes the stream.
   *
   * For exec, attach and port-forward give `toKubeConfig()` to @kubernetes/client-node.
   */
  async *logs(ref: ObjectRef, { signal, ...query }: PodLogOptions = {}): AsyncGenerator<string, void, undefined> {
    const path = (): string => withQuery(objectPath(PodKind, ref, "log"), { ...query });
    const call = this.#call("get", { kind: PodKind, ref, subresource: "log" }, "GET", path, signal === undefined ? {} : { signal });
    yield* linesOf((await this.#core.requester.stream({ ...call, accept: "*/*" })).body);
  }

  /**
   * The escape hatch: a request as you write it, on the same connection, with the same credentials, deadline, retries, metrics
   * and errors as all others. Nothing of the answer is checked.
   */
  async request(request: RawRequest & { readonly as: "bytes" }): Promise<Uint8Array>;
  async request(request: RawRequest & { readonly as: "stream" }): Promise<AsyncIterable<Uint8Array>>;
  async request(request: RawRequest & { readonly as?: "json" }): Promise<unknown>;
  async request(request: RawRequest): Promise<unknown> {
    const call = callOf(request, this.#defaults.signal);
    const { requester } = this.#core;
    if (request.as === "bytes") return await requester.bytes(call);
    if (request.as === "stream") return (await requester.stream(call)).body;
    return await requester.json(call);
  }

  /** All that the server serves: groups, versions, resources, their verbs and parts, in two requests. Needs Kubernetes 1.27. */
  async discover({ signal }: RequestOptions = {}): Promise<ApiGroup[]> {
    const action = "discover all APIs";
    const groups = await Promise.all(
      ["/api", "/apis"].map(async (path) => {
        const call: Call = {
          action,
          verb: "get",
          method: "GET",
          path,
          accept: `${AGGREGATED_DISCOVERY},application/json`,
          signals: [signal, this.#defaults.signal],
        };
        return decodeDiscovery(await this.#core.requester.json(call), action);
      }),
    );
    return groups.flat();
  }

  /**
   * The same cluster and identity for @kubernetes/client-node, which this loads: for `Exec`, `PortForward` and whatever else
   * this client has not. A snapshot: what rotates is as it is now.
   * @typeParam KubeConfig client-node's own: `toKubeConfig<KubeConfig>()`. Its types are not loaded for those who do not ask
   */
  async toKubeConfig<KubeConfig = unknown>(): Promise<KubeConfig> {
    if (this.#core.toKubeConfig === undefined) {
      throw new ConfigError(
        "toKubeConfig: this client was given a transport, which only knows how to carry requests; connect by an address or a kubeconfig",
        {
          code: "InvalidOptions",
        },
      );
    }
    return (await this.#core.toKubeConfig()) as KubeConfig;
  }

  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope: ListWatchScope = {}): ListWatch<T> {
    const { mapper, requester, keepManagedFields } = this.#core;
    mapper.learn(kind);
    return new KindListWatch({ kind, scope, requester, signal: this.#defaults.signal, keepManagedFields });
  }

  async resolve(ref: KindRef, { signal }: RequestOptions = {}): Promise<Kind> {
    return await orAborted(orAborted(this.#core.mapper.resolve(ref), signal), this.#defaults.signal);
  }

  /** True when the server's discovery lists the kind at this moment. */
  async isServed(ref: KindRef, { signal }: RequestOptions = {}): Promise<boolean> {
    return await orAborted(orAborted(this.#core.mapper.isServed(ref), signal), this.#defaults.signal);
  }

  /**
   * Every kind the server has that takes all of `verbs`, each in its group's preferred version.
   * @param options.verbs `["list", "watch"]` for what an informer can follow. @default every kind
   */
  async kinds({ verbs = [], signal }: RequestOptions & { readonly verbs?: readonly string[] } = {}): Promise<Kind[]> {
    return await orAborted(orAborted(this.#core.mapper.all(verbs), signal), this.#defaults.signal);
  }

  async serverVersion({ signal }: RequestOptions = {}): Promise<ServerVersion> {
    const call: Call = {
      action: "get the server's version",
      verb: "get",
      method: "GET",
      path: "/version",
      signals: [signal, this.#defaults.signal],
    };
    const version = (await this.#core.requester.json(call)) as Partial<ServerVersion> | null;
    if (typeof version?.gitVersion !== "string") {
      throw new ApiError(`${call.action}: the answer has no gitVersion; is the server's address right?`, { code: "MalformedResponse" });
    }
    return version as ServerVersion;
  }

  /** Closes all connections; running requests and watches reject. */
  async close(): Promise<void> {
    await this.#core.requester.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #object<T>(call: Call): Promise<T> {
    const value = await this.#core.requester.json(call);
    const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: unknown };
    if (typeof kind !== "string" || metadata === null || typeof metadata !== "object") {
      throw new ApiError(
        `${call.action}: the answer is not a Kubernetes object: it has no kind or no metadata; is the server's address right?`,
        {
          code: "MalformedResponse",
        },
      );
    }
    // The server vouches for the rest of the type.
    return value as T;
  }

  async #kindOf(verb: string, object: KindRef & { readonly metadata?: unknown }, { signal }: RequestOptions): Promise<Kind> {
    const refuse = (field: string): never => {
      throw new ApiError(`${verb} ${object.kind || "an object"}: ${field} is missing`, { code: "InvalidRequest" });
    };
    if (!object.apiVersion) refuse("apiVersion");
    if (!object.kind) refuse("kind");
    if (object.metadata === null || typeof object.metadata !== "object") refuse("metadata");
    const known = this.#core.mapper.known(object);
    if (known !== undefined) return known;
    try {
      return await this.resolve(object, signal === undefined ? {} : { signal });
    } catch (error) {
      if (!isApiError(error)) throw error;
      const { code, status, response, retryAfterMs } = error;
      throw new ApiError(`${verb} ${object.kind}: ${error.message}`, { code, status, response, retryAfterMs, cause: error });
    }
  }

  #writeQuery({ fieldManager = this.#defaults.fieldManager, dryRun, fieldValidation }: WriteOptions): Query {
    return { fieldManager, dryRun: dryRun === true ? "All" : undefined, fieldValidation };
  }

  #call(verb: Verb, about: About, method: Call["method"], path: () => string, { signal }: RequestOptions, body?: Call["body"]): Call {
    const action = `${verb === "deletecollection" ? "delete all" : verb} ${nameOf(about)}`;
    return {
      action,
      verb,
      subject: { kind: about.kind, namespace: about.ref.namespace, subresource: about.subresource },
      method,
      path: pathFor(action, path),
      body,
      signals: [signal, this.#defaults.signal],
    };
  }
}

/** Written out, so that a pod's log needs neither discovery nor the built-in kinds. */
const PodKind: Kind = {
  group: "",
  version: "v1",
  apiVersion: "v1",
  kind: "Pod",
  plural: "pods",
  singular: "pod",
  listKind: "PodList",
  namespaced: true,
  shortNames: ["po"],
  categories: ["all"],
};

/** A path that cannot be built says what it was for. */
function pathFor(action: string, path: () => string): string {
  try {
    return path();
  } catch (cause) {
    if (!isApiError(cause)) throw cause;
    throw new ApiError(`${action}: ${cause.message}`, { code: cause.code, cause });
  }
}

/** What a call is about: one object, or all of a kind in a namespace. */
interface About {
  readonly kind: Kind;
  readonly ref: { readonly name?: string | undefined; readonly namespace?: string | undefined };
  readonly subresource?: string | undefined;
}

/** `Deployment default/web`, `status of Node a`, `Pod in default`. */
function nameOf({ kind, ref: { name, namespace }, subresource }: About): string {
  const part = subresource === undefined ? "" : `${subresource} of `;
  if (name === undefined || name === "") return `${part}${kind.kind}${namespace ? ` in ${namespace}` : ""}`;
  return `${part}${kind.kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

function jsonBody(json: unknown): NonNullable<Call["body"]> {
  return { contentType: "application/json", json };
}

function deleteBody({ propagationPolicy, gracePeriodSeconds, preconditions, dryRun }: DeleteOptions): Call["body"] {
  if (propagationPolicy === undefined && gracePeriodSeconds === undefined && preconditions === undefined && dryRun !== true)
    return undefined;
  return jsonBody({
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy,
    gracePeriodSeconds,
    preconditions,
    ...(dryRun === true ? { dryRun: ["All"] } : {}),
  });
}

function coreOf(options: KubernetesClientOptions): Core {
  const { transport, server = { host: "in-process", description: "the API server" }, clock = systemClock } = options;
  const requester = new Requester({
    transport,
    clock,
    credentials: options.credentials ?? new StaticCredentials({ source: "the transport's own" }),
    impersonate: options.impersonate,
    compress: options.compress ?? false,
    server: server.description,
    logger: options.logger ?? silentLogger,
    metrics: new RequestMetrics(options.metrics ?? noMetrics, server.host),
    timeoutMs: options.requestTimeoutMs ?? 60_000,
    backoff: options.backoff ?? exponentialBackoff({ baseMs: 100, factor: 2, maxMs: 5_000, jitter: 0.5 }),
    userAgent: options.userAgent ?? "operatorkit",
  });
  const mapper = new RestMapper((path) =>
    requester.json({ action: `discover ${path.replace(/^\/apis?\//, "")}`, verb: "get", method: "GET", path, signals: [] }),
  );
  return {
    transport,
    requester,
    mapper,
    namespace: options.namespace,
    keepManagedFields: options.keepManagedFields ?? false,
    toKubeConfig: options.toKubeConfig,
  };
}

function defaultsOf(signal: AbortSignal | undefined, fieldManager: string | undefined): ClientDefaults {
  return { ...(signal === undefined ? {} : { signal }), ...(fieldManager === undefined ? {} : { fieldManager }) };
}
