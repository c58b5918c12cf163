import type { Duplex } from "node:stream";
import type {
  ApplyOptions,
  Client,
  ClientDefaults,
  DeleteOptions,
  GetOptions,
  Listing,
  ListOptions,
  ListWatch,
  ListWatchScope,
  MetadataOnly,
  MetadataScope,
  Patch,
  RequestOptions,
  SubresourceWriteOptions,
  Transport,
  WriteOptions,
} from "@operatorkit/api";
import type { Kind, KindRef, KubernetesObject, Manifest, ObjectRef, PartialObjectMetadata } from "@operatorkit/object";
import type { Scale } from "@operatorkit/object/kinds";
import { clientCoreOf, type ClientCore } from "./client-core.ts";
import type { KubernetesClientOptions } from "./client-options.ts";
import type { ApiGroup } from "./discovery/api-resource.ts";
import { evictPod } from "./pods/evict-pod.ts";
import type { AttachOptions, AttachResult } from "./pods/attach-to-pod.ts";
import type { ExecOptions, ExecResult } from "./pods/exec-in-pod.ts";
import { podLogs, type PodLogOptions } from "./pods/pod-logs.ts";
import { callOf, type RawRequest } from "./request/raw-request.ts";
import { Caller, type PartOf } from "./verbs/caller.ts";
import { deleteCollection, deleteObject } from "./verbs/delete-objects.ts";
import { discoverGroups, serverVersion, type ServerVersion } from "./verbs/describe-server.ts";
import { getObject, listObjects } from "./verbs/read-objects.ts";
import { getScale, scaleTo } from "./verbs/scale-objects.ts";
import { applyAndCompare, applyObject, createObject, patchObject, updateObject, type Applied } from "./verbs/write-objects.ts";
import { KindListWatch } from "./watch/kind-list-watch.ts";

/**
 * A client of one Kubernetes API server. Make one with `connect`, or from a `Transport`.
 *
 * Calls reject with an `ApiError` that says what was being done to what. What may safely be repeated is, a bounded number
 * of times within `requestTimeoutMs`; see `retryDelayMs`. Objects are plain JSON as the server sent them, and yours.
 *
 * An idle client does not keep the process alive; a running request does, and so does an open watch.
 */
export class KubernetesClient implements Client, AsyncDisposable {
  readonly #caller: Caller;

  /** @internal `core` is what `with` hands on. */
  constructor(options: KubernetesClientOptions, core: ClientCore = clientCoreOf(options)) {
    this.#caller = new Caller(core, defaultsOf(options.signal, options.fieldManager));
  }

  /** The namespace that the kubeconfig's context, or the pod, is in. No verb uses it: say where you read and write. */
  get namespace(): string | undefined {
    return this.#caller.core.namespace;
  }

  /** The transport given, or made, by itself: without the middleware. */
  get transport(): Transport {
    return this.#caller.core.transport;
  }

  /** A client with its own defaults on the same connection. Closing either closes both. */
  with(defaults: ClientDefaults): KubernetesClient {
    const { core, defaults: own } = this.#caller;
    const signals = [own.signal, defaults.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const fieldManager = defaults.fieldManager ?? own.fieldManager;
    return new KubernetesClient({ transport: core.transport, ...defaultsOf(signal, fieldManager) }, core);
  }

  /**
   * One object. The kind is a `Kind` value, whose type the object has, or an `apiVersion` and `kind`, for which the server is asked once:
   * `get({ apiVersion: "apps/v1", kind: "Deployment" }, ref)`. So it is for every verb that takes a kind.
   */
  async get<T extends KubernetesObject>(
    kind: Kind<T> | KindRef,
    ref: ObjectRef,
    options: GetOptions & MetadataOnly,
  ): Promise<PartialObjectMetadata<T>>;
  async get<T extends KubernetesObject>(kind: Kind<T> | KindRef, ref: ObjectRef, options?: GetOptions): Promise<T>;
  async get<T extends KubernetesObject>(
    kind: Kind<T> | KindRef,
    ref: ObjectRef,
    options: GetOptions & Partial<MetadataOnly> = {},
  ): Promise<T | PartialObjectMetadata<T>> {
    return await getObject(this.#caller, await this.#caller.kindFrom("get", kind, options), ref, options);
  }

  list<T extends KubernetesObject>(kind: Kind<T> | KindRef, options: ListOptions & MetadataOnly): Listing<PartialObjectMetadata<T>>;
  list<T extends KubernetesObject>(kind: Kind<T> | KindRef, options?: ListOptions): Listing<T>;
  list<T extends KubernetesObject>(kind: Kind<T> | KindRef, options: ListOptions & Partial<MetadataOnly> = {}): Listing<T> {
    return listObjects(this.#caller, kind, options);
  }

  /**
   * A new object, or what a part of an object makes of one, with `{ subresource: "token", of: ServiceAccount }`. The answer is then what that
   * part answers: a TokenRequest with its token, for a Binding a Status.
   */
  async create<T extends Manifest>(object: T, options?: WriteOptions & PartOf): Promise<T & KubernetesObject>;
  async create<T extends KubernetesObject>(object: Manifest<T>, options?: WriteOptions & PartOf): Promise<T>;
  async create(object: Manifest, options: WriteOptions & PartOf = {}): Promise<KubernetesObject> {
    return await createObject(this.#caller, object, options);
  }

  async update<T extends KubernetesObject>(object: T, options: SubresourceWriteOptions & PartOf = {}): Promise<T & KubernetesObject> {
    return await updateObject(this.#caller, object, options);
  }

  async patch<T extends KubernetesObject>(
    kind: Kind<T> | KindRef,
    ref: ObjectRef,
    patch: Patch,
    options: SubresourceWriteOptions = {},
  ): Promise<T> {
    return await patchObject(this.#caller, await this.#caller.kindFrom("patch", kind, options), ref, patch, options);
  }

  async apply<T extends KubernetesObject>(object: T, options: ApplyOptions & PartOf = {}): Promise<T & KubernetesObject> {
    return await applyObject(this.#caller, object, options);
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
    options: ApplyOptions & { readonly current?: KubernetesObject | undefined } = {},
  ): Promise<Applied<T & KubernetesObject>> {
    return await applyAndCompare(this.#caller, object, options);
  }

  async delete<T extends KubernetesObject>(kind: Kind<T> | KindRef, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await deleteObject(this.#caller, await this.#caller.kindFrom("delete", kind, options), ref, options);
  }

  async deleteCollection<T extends KubernetesObject>(kind: Kind<T> | KindRef, options: ListOptions & DeleteOptions = {}): Promise<void> {
    await deleteCollection(this.#caller, await this.#caller.kindFrom("delete all", kind, options), options);
  }

  /** How many replicas an object wants and has, whatever its kind: its `scale` subresource. */
  async getScale(kind: Kind | KindRef, ref: ObjectRef, options: RequestOptions = {}): Promise<Scale> {
    return await getScale(this.#caller, await this.#caller.kindFrom("get", kind, options), ref, options);
  }

  /** Asks for so many replicas, whatever else the object says. */
  async scale(kind: Kind | KindRef, ref: ObjectRef, replicas: number, options: WriteOptions = {}): Promise<Scale> {
    return await scaleTo(this.#caller, await this.#caller.kindFrom("scale", kind, options), ref, replicas, options);
  }

  /**
   * Asks for a pod to be deleted where its disruption budgets allow it. Refused by them it rejects at once with `TooManyRequests`,
   * for you to ask again later, as `kubectl drain` does every 5 seconds.
   */
  async evict(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await evictPod(this.#caller, ref, options);
  }

  /** A container's log, line by line, read from the server no faster than you take it. Leaving the loop closes the stream. */
  logs(ref: ObjectRef, options: PodLogOptions = {}): AsyncGenerator<string, void, undefined> {
    return podLogs(this.#caller, ref, options);
  }

  /**
   * Runs a command in a container and resolves when it has ended, with its exit code and what it said. Rejects when it could not
   * be run or the connection broke, not because it failed. Through @kubernetes/client-node, which is loaded by the first call;
   * needs a client made by `connect` from an address, a kubeconfig or a pod. Nothing is sent twice.
   */
  async exec(ref: ObjectRef, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { execInPod } = await import("./pods/exec-in-pod.ts");
    return await execInPod(this.#caller, ref, command, options);
  }

  /**
   * Carries the streams of a container's own process, as `exec` does those of a command, and resolves when it has ended; how it ended is
   * in the pod's status. What it said before is in `logs`. To detach, abort the signal: it rejects with the signal's reason.
   */
  async attach(ref: ObjectRef, options: AttachOptions = {}): Promise<AttachResult> {
    const { attachToPod } = await import("./pods/attach-to-pod.ts");
    return await attachToPod(this.#caller, ref, options);
  }

  /**
   * A connection to a port of a pod: a stream, which holds the other side back when it is not read. Ends when the pod's side does;
   * destroy it to end it from here. What the kubelet reports (nothing listens there), and the signal, destroy it with that error, for
   * which a stream needs a listener. Through
   * @kubernetes/client-node, as `exec`. One connection each; to listen on a port here, take `node:net`.
   */
  async portForward(ref: ObjectRef, port: number, options: RequestOptions = {}): Promise<Duplex> {
    const { forwardPort } = await import("./pods/forward-port.ts");
    return await forwardPort(this.#caller, ref, port, options);
  }

  /**
   * The escape hatch: a request as you write it, on the same connection, with the same credentials, deadline, retries, metrics
   * and errors as all others. Nothing of the answer is checked.
   */
  async request(request: RawRequest & { readonly as: "bytes" }): Promise<Uint8Array>;
  async request(request: RawRequest & { readonly as: "stream" }): Promise<AsyncIterable<Uint8Array>>;
  async request(request: RawRequest & { readonly as?: "json" }): Promise<unknown>;
  async request(request: RawRequest): Promise<unknown> {
    const { core, defaults } = this.#caller;
    const call = callOf(request, defaults.signal);
    if (request.as === "bytes") return await core.requester.bytes(call);
    if (request.as === "stream") return (await core.requester.stream(call)).body;
    return await core.requester.json(call);
  }

  /** All that the server serves: groups, versions, resources, their verbs and parts, in two requests. Needs Kubernetes 1.27. */
  async discover(options: RequestOptions = {}): Promise<ApiGroup[]> {
    return await discoverGroups(this.#caller, options);
  }

  /**
   * The same cluster and identity for @kubernetes/client-node, which this loads: for `Cp` and whatever else this client
   * has not. A snapshot: what rotates is as it is now.
   * @typeParam KubeConfig client-node's own: `toKubeConfig<KubeConfig>()`. Its types are not loaded for those who do not ask
   */
  async toKubeConfig<KubeConfig = unknown>(): Promise<KubeConfig> {
    return (await this.#caller.toKubeConfig("toKubeConfig")()) as KubeConfig;
  }

  /**
   * All an informer asks for. It takes a `Kind`, where other verbs take an `apiVersion` and `kind` too, because an informer is named, checked
   * and shared by its whole kind before it asks a server anything: `client.listWatch(await client.resolve({ apiVersion, kind }))`.
   */
  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope: MetadataScope): ListWatch<PartialObjectMetadata<T>>;
  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope?: ListWatchScope): ListWatch<T>;
  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope: ListWatchScope = {}): ListWatch<T> {
    const { mapper, requester, keepManagedFields } = this.#caller.core;
    const listWatch = new KindListWatch({ kind, scope, requester, signal: this.#caller.defaults.signal, keepManagedFields });
    mapper.learn(kind);
    return listWatch;
  }

  async resolve(ref: KindRef, { signal }: RequestOptions = {}): Promise<Kind> {
    return await this.#caller.unlessAborted(this.#caller.core.mapper.resolve(ref), signal);
  }

  /** True when the server's discovery lists the kind at this moment. */
  async isServed(ref: KindRef, { signal }: RequestOptions = {}): Promise<boolean> {
    return await this.#caller.unlessAborted(this.#caller.core.mapper.isServed(ref), signal);
  }

  /**
   * Every kind the server has that takes all of `verbs`, each in its group's preferred version.
   * @param options.verbs `["list", "watch"]` for what an informer can follow. @default every kind
   */
  async kinds({ verbs = [], signal }: RequestOptions & { readonly verbs?: readonly string[] } = {}): Promise<Kind[]> {
    return await this.#caller.unlessAborted(this.#caller.core.mapper.all(verbs), signal);
  }

  async serverVersion(options: RequestOptions = {}): Promise<ServerVersion> {
    return await serverVersion(this.#caller, options);
  }

  /** Closes all connections; running requests and watches reject. */
  async close(): Promise<void> {
    await this.#caller.core.requester.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function defaultsOf(signal: AbortSignal | undefined, fieldManager: string | undefined): ClientDefaults {
  return { ...(signal === undefined ? {} : { signal }), ...(fieldManager === undefined ? {} : { fieldManager }) };
}
