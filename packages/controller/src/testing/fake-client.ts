import {
  ApiError,
  type ApplyOptions,
  type Client,
  type ClientDefaults,
  type JsonPatchOperation,
  type ListWatch,
  type ListWatchScope,
  type Listing,
  type Patch,
  type SubresourceWriteOptions,
  type WriteOptions,
} from "@operatorkit/api";
import {
  applyJsonPatch,
  keyOf,
  mergePatch,
  type Json,
  type Kind,
  type KubernetesObject,
  type Manifest,
  type ObjectRef,
} from "@operatorkit/object";
import type { FakeCluster } from "./fake-cluster.ts";

/** The API of a pretended cluster: notes what is written, and answers as a server would. */
export class FakeClient implements Client {
  readonly #cluster: FakeCluster;
  readonly #defaults: ClientDefaults;

  constructor(cluster: FakeCluster, defaults: ClientDefaults) {
    this.#cluster = cluster;
    this.#defaults = defaults;
  }

  async get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef): Promise<T> {
    this.#defaults.signal?.throwIfAborted();
    this.#cluster.reads.push(`${kind.kind} ${keyOf(ref)}`);
    this.#cluster.onRead();
    const object = this.#cluster.get(kind, ref);
    if (object === undefined) throw notFound("get", kind, ref);
    return object;
  }

  list<T extends KubernetesObject>(kind: Kind<T>): Listing<T> {
    const objects = this.#cluster.list(kind);
    return {
      async *[Symbol.asyncIterator]() {
        yield* objects;
      },
      async *pages() {
        yield { items: objects, resourceVersion: "1" };
      },
      toArray: async () => objects,
    };
  }

  async create<T extends KubernetesObject>(object: Manifest<T>, options?: WriteOptions): Promise<T> {
    // The fake cluster has no generateName.
    const whole = object as unknown as T;
    const kind = this.#cluster.kindOf(whole);
    this.#writing("create", kind, whole.metadata, whole, options);
    if (this.#cluster.get(kind, whole.metadata) !== undefined)
      throw new ApiError("create: it is there", { code: "AlreadyExists", status: 409 });
    return this.#cluster.put(whole);
  }

  async update<T extends KubernetesObject>(object: T, options?: SubresourceWriteOptions): Promise<T> {
    this.#writing("update", this.#cluster.kindOf(object), object.metadata, object, options);
    return this.#cluster.put(object);
  }

  async apply<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<T> {
    const kind = this.#cluster.kindOf(object) as Kind<T>;
    this.#writing("apply", kind, object.metadata, object, options);
    const before = this.#cluster.get(kind, object.metadata);
    if (options?.subresource === "status") {
      if (before === undefined) throw notFound("apply", kind, object.metadata);
      if (object.metadata.uid !== undefined && object.metadata.uid !== before.metadata.uid)
        throw new ApiError("apply: another uid", { code: "Conflict", status: 409 });
      return this.#put(before, {
        ...before,
        status: { ...this.#cluster.keepsInStatus, ...(object as { status?: object }).status },
      });
    }
    if (before === undefined) return this.#cluster.put(object);
    return this.#put(before, { ...before, ...object, metadata: { ...before.metadata, ...object.metadata } });
  }

  async patch<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options?: SubresourceWriteOptions): Promise<T> {
    this.#writing("patch", kind, ref, patch, options);
    const before = this.#cluster.get(kind, ref);
    if (before === undefined) throw notFound("patch", kind, ref);
    const json = before as unknown as Json;
    const after = patch.type === "json" ? jsonPatched(json, patch.operations) : mergePatch(json, patch.body as Json);
    const object = after as unknown as T;
    if (object.metadata.resourceVersion !== before.metadata.resourceVersion)
      throw new ApiError("patch: it changed", { code: "Conflict", status: 409 });
    return this.#put(before, object);
  }

  async delete<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef): Promise<void> {
    this.#writing("delete", kind, ref, undefined, undefined);
    this.#cluster.remove(kind, ref);
  }

  async deleteCollection(): Promise<void> {
    throw new Error("the fake client has no deleteCollection");
  }

  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope?: ListWatchScope): ListWatch<T> {
    return this.#cluster.listWatch(kind, scope);
  }

  async resolve(): Promise<Kind> {
    throw new Error("the fake client has no discovery");
  }

  with(defaults: ClientDefaults): Client {
    return new FakeClient(this.#cluster, { ...this.#defaults, ...defaults });
  }

  /** A write that changes nothing keeps its version, as on a real server. */
  #put<T extends KubernetesObject>(before: T, after: T): T {
    return JSON.stringify(before) === JSON.stringify(after) ? before : this.#cluster.put(after);
  }

  #writing(verb: string, kind: Kind, ref: ObjectRef, body: unknown, options: SubresourceWriteOptions | undefined): void {
    this.#defaults.signal?.throwIfAborted();
    const subresource = options?.subresource;
    const manager = options?.fieldManager ?? this.#defaults.fieldManager;
    const key = keyOf({ name: ref.name, ...(ref.namespace !== undefined && { namespace: ref.namespace }) });
    this.#cluster.onWrite({ verb, kind: kind.kind, key, subresource, body });
    this.#cluster.writes.push([verb, kind.kind, key, subresource, manager && `as ${manager}`].filter(Boolean).join(" "));
  }
}

function jsonPatched(document: Json, operations: readonly JsonPatchOperation[]): Json {
  try {
    return applyJsonPatch(document, operations);
  } catch (cause) {
    throw new ApiError("patch: a test failed", { code: "Invalid", status: 422, response: { reason: "Invalid" }, cause });
  }
}

export function notFound(verb: string, kind: Kind, { name }: ObjectRef): ApiError {
  return new ApiError(`${verb} ${kind.kind} ${name}: not found`, {
    code: "NotFound",
    status: 404,
    response: { reason: "NotFound", details: { name, kind: kind.plural } },
  });
}
