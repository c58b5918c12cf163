import {
  aFieldSelector,
  aLabelSelector,
  ApiError,
  type EntryPage,
  type ListRequest,
  type ListWatch,
  type ListWatchScope,
  type WatchRequest,
  type WatchStream,
} from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { checkOptions } from "@operatorkit/observe/options";
import type { Call } from "../request/call.ts";
import { METADATA_ONLY } from "../request/metadata-only.ts";
import type { Requester } from "../request/requester.ts";
import { collectionPath, withQuery } from "../request/resource-path.ts";
import { ListDecoder } from "./decode-list.ts";
import { WatchDecoder } from "./decode-watch.ts";
import { EntryMaker } from "./entry.ts";
import { LoopTurn } from "./loop-turn.ts";
import { StringTable } from "./string-table.ts";

/** Decoded between two looks at the clock. */
const PIECE_BYTES = 256 * 1024;

export interface KindListWatchOptions<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  readonly scope: ListWatchScope;
  readonly requester: Requester;
  /** Ends every request, beside the request's own signal. */
  readonly signal: AbortSignal | undefined;
  readonly keepManagedFields: boolean;
}

/**
 * Lists and watches one kind. Each request is made once: when to try again is for the reflector to say, which knows how
 * long it has been without news.
 */
export class KindListWatch<T extends KubernetesObject> implements ListWatch<T> {
  readonly kind: Kind<T>;
  readonly #scope: ListWatchScope;
  readonly #requester: Requester;
  readonly #signal: AbortSignal | undefined;
  readonly #keepManagedFields: boolean;
  readonly #path: string;
  readonly #strings = new StringTable();

  constructor({ kind, scope, requester, signal, keepManagedFields }: KindListWatchOptions<T>) {
    checkOptions(`listWatch ${kind.kind}`, scope, { labelSelector: aLabelSelector, fieldSelector: aFieldSelector });
    this.kind = kind;
    this.#scope = scope;
    this.#requester = requester;
    this.#signal = signal;
    this.#keepManagedFields = keepManagedFields;
    this.#path = collectionPath(kind, scope.namespace);
  }

  async list({ limit, continue: next, resourceVersion, resourceVersionMatch, signal, onProgress }: ListRequest): Promise<EntryPage<T>> {
    const query = { limit, continue: next, resourceVersion, resourceVersionMatch };
    // As long as bytes come, it is the reflector's to say how long is too long.
    const call = { ...this.#call("list", query, signal), timeoutMs: Number.POSITIVE_INFINITY, onProgress };
    const decoder = new ListDecoder({ entries: this.#entries(call.action), action: call.action });
    const turn = new LoopTurn();
    const { body } = await this.#requester.stream(call);
    for await (const chunk of body) {
      onProgress?.();
      // A transport that has all of the answer gives it in one piece.
      for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
        decoder.push(chunk.subarray(at, at + PIECE_BYTES));
        if (turn.isLong) await turn.next();
      }
    }
    return decoder.end();
  }

  async watch(request: WatchRequest): Promise<WatchStream<T>> {
    const { resourceVersion, sendInitialEvents, resourceVersionMatch, allowWatchBookmarks, timeoutSeconds, signal } = request;
    const query = { watch: true, resourceVersion, sendInitialEvents, resourceVersionMatch, allowWatchBookmarks, timeoutSeconds };
    const call = this.#call("watch", query, signal);
    const response = await this.#requester.stream(call);
    const contentType = response.headers["content-type"];
    if (contentType !== undefined && !contentType.startsWith("application/json")) {
      await response.body[Symbol.asyncIterator]().return?.();
      throw new ApiError(`${call.action}: the server answered with ${contentType}, which is no watch; is its address right?`, {
        code: "MalformedResponse",
      });
    }
    return eventsOf(response.body, new WatchDecoder({ entries: this.#entries(call.action), action: call.action }));
  }

  #call(verb: "list" | "watch", query: Parameters<typeof withQuery>[1], signal: AbortSignal): Call {
    const { namespace, labelSelector, fieldSelector, metadataOnly } = this.#scope;
    return {
      action: `${verb} ${this.kind.kind}${namespace ? ` in ${namespace}` : ""}`,
      verb,
      subject: { kind: this.kind, namespace },
      method: "GET",
      path: withQuery(this.#path, { ...query, labelSelector, fieldSelector }),
      ...(metadataOnly === true && { accept: verb === "list" ? METADATA_ONLY.list : METADATA_ONLY.object }),
      signals: [signal, this.#signal],
      mayRetry: false,
    };
  }

  #entries(action: string): EntryMaker<T> {
    return new EntryMaker({
      kind: this.kind,
      action,
      keepManagedFields: this.#keepManagedFields,
      strings: this.#strings,
      metadataOnly: this.#scope.metadataOnly === true,
      freeze: process.env["NODE_ENV"] !== "production",
    });
  }
}

/** Not a generator: leaving one that was never started would not close the body. */
function eventsOf<T extends KubernetesObject>(body: AsyncIterable<Uint8Array>, decoder: WatchDecoder<T>): WatchStream<T> {
  const chunks = body[Symbol.asyncIterator]();
  // Of a flood node reads two megabytes before timers and other sockets have their turn.
  const turn = new LoopTurn();
  let isOver = false;
  type Result = IteratorResult<ReturnType<WatchDecoder<T>["push"]>, undefined>;
  const leave = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await chunks.return?.();
  };
  const next = async (): Promise<Result> => {
    while (!isOver) {
      if (turn.isLong) await turn.next();
      const chunk = await turn.during(chunks.next());
      isOver = chunk.done === true;
      const events = chunk.done ? decoder.end() : decoder.push(chunk.value);
      if (events.length > 0) return { done: false, value: events };
    }
    return { done: true, value: undefined };
  };
  const iterator = {
    async next(): Promise<Result> {
      try {
        return await next();
      } catch (error) {
        await leave();
        throw error;
      }
    },
    async return(): Promise<Result> {
      await leave();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
