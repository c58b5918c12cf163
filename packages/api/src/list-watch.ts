import type { Kind, KubernetesObject, ObjectKey } from "@operatorkit/object";
import type { ApiError } from "./api-error.ts";

/**
 * One version of one object, as it came from the server. Its identity is known at once; `object` may be parsed when it
 * is first read, so that what nobody reads costs little. `object` is frozen in development and tests.
 */
export interface ObjectEntry<out T extends KubernetesObject = KubernetesObject> {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly object: T;
  /** Of the object's JSON as it came, without what was left out of it. Undefined where that is not known. */
  readonly bytes?: number;
}

/** One page of a list of entries. */
export interface EntryPage<T extends KubernetesObject> {
  readonly entries: readonly ObjectEntry<T>[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface ListRequest {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan";
  readonly signal: AbortSignal;
  /** Call it whenever bytes arrive, so that an answer that takes long is not taken for one that never comes. */
  readonly onProgress?: () => void;
}

export interface WatchRequest {
  /** Events after this version. */
  readonly resourceVersion?: string;
  /** WatchList (KEP-3157): the present state first, ended by a bookmark with `initialEventsEnd`. */
  readonly sendInitialEvents?: boolean;
  readonly resourceVersionMatch?: "NotOlderThan";
  readonly allowWatchBookmarks: boolean;
  /** When the server shall end the stream. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** What a watch says. */
export type WatchEvent<T extends KubernetesObject> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly entry: ObjectEntry<T> }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: "ERROR"; readonly error: ApiError };

/**
 * A watch that the server has accepted: the events of each piece of bytes together, in order. Ends when the server
 * ends it; throws `ConnectionFailed` when it breaks and `MalformedResponse` at a line that is not an event (never skips one).
 * Leaving the loop closes it.
 */
export type WatchStream<T extends KubernetesObject> = AsyncIterable<readonly WatchEvent<T>[]>;

/** Lists and watches some objects of one kind: all an informer asks for. */
export interface ListWatch<T extends KubernetesObject = KubernetesObject> {
  readonly kind: Kind<T>;
  /** One page. Rejects with an `ApiError`. */
  list(request: ListRequest): Promise<EntryPage<T>>;
  /** Resolves when the server has accepted the watch; rejects with an `ApiError`. */
  watch(request: WatchRequest): Promise<WatchStream<T>>;
}

/** The entry of an object that is already parsed. */
export function entryOf<T extends KubernetesObject>(object: T): ObjectEntry<T> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    key: namespace === undefined || namespace === "" ? name : `${namespace}/${name}`,
    uid: uid ?? "",
    resourceVersion: resourceVersion ?? "",
    object,
  };
}
