import type { Kind, KindRef, KubernetesObject, Manifest, ObjectRef, PartialObjectMetadata } from "@operatorkit/object";
import type { ListWatch } from "./list-watch.ts";
import type { Patch } from "./patch.ts";

/** Options every request takes. */
export interface RequestOptions {
  /** Ends the request; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface GetOptions extends RequestOptions {
  readonly resourceVersion?: string;
}

export interface ListOptions extends RequestOptions {
  /** All namespaces when left out. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects per page. @default 500 */
  readonly limit?: number;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan";
}

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Where the next page starts; absent on the last one. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A list not yet read: iterate it, take its pages, or all of it. Every use asks the server anew. */
export interface Listing<T> extends AsyncIterable<T> {
  pages(): AsyncIterable<ListPage<T>>;
  toArray(): Promise<T[]>;
}

export interface WriteOptions extends RequestOptions {
  /** Who owns the written fields. @default the client's own field manager */
  readonly fieldManager?: string;
  /** Go through admission and validation, and store nothing. */
  readonly dryRun?: boolean;
  /** What the server does about unknown and duplicate fields. @default the server's own default: "Warn" */
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
}

export interface SubresourceWriteOptions extends WriteOptions {
  /** Write this part of the object only. */
  readonly subresource?: "status" | "scale" | (string & {});
}

export interface ApplyOptions extends SubresourceWriteOptions {
  /** Take over fields that another manager owns. @default true for the client's own verbs: a controller owns what it applies */
  readonly force?: boolean;
}

export interface DeleteOptions extends RequestOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly gracePeriodSeconds?: number;
  /** Refused with a Conflict unless the object still has this uid and this version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

/**
 * Ask for `apiVersion`, `kind` and `metadata` alone. A server that cannot leave the rest out sends it, and it is dropped here.
 * Source: client-go `metadata` client.
 */
export interface MetadataOnly {
  readonly metadataOnly: true;
}

/** Reads objects. */
export interface Reader {
  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options: GetOptions & MetadataOnly): Promise<PartialObjectMetadata<T>>;
  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options?: GetOptions): Promise<T>;
  list<T extends KubernetesObject>(kind: Kind<T>, options: ListOptions & MetadataOnly): Listing<PartialObjectMetadata<T>>;
  list<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions): Listing<T>;
}

/** Patches objects: all that a finalizer writer or a status writer needs. */
export interface PatchClient {
  patch<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options?: SubresourceWriteOptions): Promise<T>;
}

/** Writes objects. The kind of a whole object is found by its `apiVersion` and `kind`. */
export interface Writer extends PatchClient {
  /** The type of a literal is found by itself, and its result has all of `metadata`: `create({ …, metadata: { generateName: "a-" } })`. */
  create<T extends Manifest>(object: T, options?: WriteOptions): Promise<T & KubernetesObject>;
  /** For `create<Pod>(…)` of a manifest that leaves its name to `generateName`. */
  create<T extends KubernetesObject>(object: Manifest<T>, options?: WriteOptions): Promise<T>;
  update<T extends KubernetesObject>(object: T, options?: SubresourceWriteOptions): Promise<T & KubernetesObject>;
  /** Server-side apply: the object holds the fields you own, and nothing else. */
  apply<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<T & KubernetesObject>;
  delete<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  deleteCollection<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions & DeleteOptions): Promise<void>;
}

/** Which objects of a kind a `ListWatch` is about. */
export interface ListWatchScope {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /**
   * Ask for `apiVersion`, `kind` and `metadata` alone: the rest is neither sent nor kept, and reads as absent. A server that cannot leave it
   * out sends it, and it is dropped here. Source: client-go `metadata` client.
   * @default false
   */
  readonly metadataOnly?: boolean;
}

/** A scope of which only the metadata is wanted. */
export type MetadataScope = ListWatchScope & MetadataOnly;

/** What an operator asks of a Kubernetes API. */
export interface Client extends Reader, Writer {
  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope: MetadataScope): ListWatch<PartialObjectMetadata<T>>;
  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope?: ListWatchScope): ListWatch<T>;
  /** The kind behind an `apiVersion` and `kind`, from discovery. Rejects with `NotFound` when the server has none. */
  resolve(ref: KindRef, options?: RequestOptions): Promise<Kind>;
  /** The same client with defaults bound: every request ends with `signal` and writes as `fieldManager`. */
  with(defaults: ClientDefaults): Client;
}

export interface ClientDefaults {
  readonly signal?: AbortSignal;
  readonly fieldManager?: string;
}
