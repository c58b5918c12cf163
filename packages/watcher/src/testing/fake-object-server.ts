import { ApiError, codeOf, type Patch } from "@operatorkit/api";
import {
  applyJsonPatch,
  deepFreeze,
  type Json,
  type JsonPatchOperation,
  type Kind,
  type KubernetesObject,
  type ObjectRef,
} from "@operatorkit/object";
import type { FinalizerClient } from "../finalizer-writer.ts";
import { type Thing } from "./thing.ts";

/** A server that holds one object and answers patches as kube-apiserver does: 422 without causes for a failed test, 404 when gone. */
export class FakeObjectServer implements FinalizerClient {
  readonly requests: string[] = [];
  readonly patches: (readonly JsonPatchOperation[])[] = [];
  /** Runs before each patch is looked at: what others do in between. */
  beforePatch: (attempt: number) => void = () => {};
  #object: Thing | undefined;
  #version = 1;
  #patchCount = 0;

  constructor(metadata: Partial<Thing["metadata"]> = {}) {
    this.#object = deepFreeze({
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "x", namespace: "n", uid: "A", resourceVersion: "1", ...metadata },
    });
  }

  get object(): Thing {
    if (this.#object === undefined) throw new Error("the object is gone");
    return this.#object;
  }

  get finalizers(): readonly string[] | undefined {
    return this.#object === undefined ? undefined : (this.#object.metadata.finalizers ?? []);
  }

  /** Somebody writes. */
  edit(metadata: Partial<Thing["metadata"]>): void {
    this.#version += 1;
    this.#store({ ...this.object, metadata: { ...this.object.metadata, ...metadata, resourceVersion: String(this.#version) } });
  }

  /** Somebody deletes the object; it stays while it has finalizers. */
  delete(): void {
    this.edit({ deletionTimestamp: "2026-01-01T00:00:00Z" });
  }

  vanish(): void {
    this.#object = undefined;
  }

  async get<T extends KubernetesObject>(_kind: Kind<T>, ref: ObjectRef): Promise<T> {
    this.requests.push("get");
    if (!this.#isAt(ref)) throw failure(404, `get things ${ref.name}`);
    return this.#object as unknown as T;
  }

  async patch<T extends KubernetesObject>(_kind: Kind<T>, ref: ObjectRef, patch: Patch): Promise<T> {
    this.requests.push("patch");
    this.#patchCount += 1;
    this.beforePatch(this.#patchCount);
    if (this.#object === undefined || !this.#isAt(ref)) throw failure(404, `patch things ${ref.name}`);
    if (patch.type !== "json") throw failure(415, "only JSON patches");
    this.patches.push(patch.operations);
    let patched: Thing;
    try {
      patched = applyJsonPatch(this.#object as unknown as Json, patch.operations) as unknown as Thing;
    } catch (cause) {
      throw failure(422, `patch things ${ref.name}: the server rejected our request`, cause);
    }
    this.#version += 1;
    const stored = this.#store({ ...patched, metadata: { ...patched.metadata, resourceVersion: String(this.#version) } });
    return stored as unknown as T;
  }

  #isAt({ namespace, name }: ObjectRef): boolean {
    const metadata = this.#object?.metadata;
    return metadata !== undefined && metadata.namespace === namespace && metadata.name === name;
  }

  #store(object: Thing): Thing {
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    const stored = deepFreeze(object);
    this.#object = deletionTimestamp !== undefined && finalizers.length === 0 ? undefined : stored;
    return stored;
  }
}

export function failure(status: number, message: string, cause?: unknown): ApiError {
  return new ApiError(message, { code: codeOf(status), status, cause });
}
