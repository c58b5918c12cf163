import {
  ApiError,
  entryOf,
  type EntryPage,
  type ListRequest,
  type ListWatch,
  type WatchEvent,
  type WatchRequest,
  type WatchStream,
} from "@operatorkit/api";
import { deepFreeze, type Kind } from "@operatorkit/object";
import { Thing } from "./thing.ts";

export function thing(name: string, version: string, hello = "", uid: string = name): Thing {
  return deepFreeze({
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name, namespace: "n", uid, resourceVersion: version },
    spec: { hello },
  });
}

/** A watch the script has open: what is pushed is told, until it is ended. */
export interface ScriptedWatch {
  readonly request: WatchRequest;
  push(type: "ADDED" | "MODIFIED" | "DELETED", object: Thing): void;
  send(event: WatchEvent<Thing>): void;
  /** The server ends the stream; with an error, the connection breaks with it. */
  end(error?: unknown): void;
}

/** A server whose every answer the test gives: `objects` and `version` are what a list says, `watches` are the streams it has open. */
export class ScriptedListWatch implements ListWatch<Thing> {
  readonly kind: Kind<Thing> = Thing;
  objects: readonly Thing[] = [];
  version = "10";
  /** Thrown by the next lists and watches, in this order, before any is answered. */
  readonly failures: unknown[] = [];
  readonly lists: ListRequest[] = [];
  readonly watches: ScriptedWatch[] = [];
  openStreams = 0;
  /** Watches that are asked for now are never answered. */
  isMute = false;

  async list(request: ListRequest): Promise<EntryPage<Thing>> {
    this.lists.push(request);
    if (this.failures.length > 0) throw this.failures.shift();
    return { entries: this.objects.map(entryOf), resourceVersion: this.version };
  }

  async watch(request: WatchRequest): Promise<WatchStream<Thing>> {
    const watch = this.#open(request);
    if (this.failures.length > 0) {
      this.openStreams -= 1;
      throw this.failures.shift();
    }
    if (this.isMute) {
      this.openStreams -= 1;
      return new Promise(() => {});
    }
    return watch;
  }

  /** The last watch that was asked for. */
  get current(): ScriptedWatch {
    const watch = this.watches.at(-1);
    if (watch === undefined) throw new Error("nobody watches");
    return watch;
  }

  #open(request: WatchRequest): WatchStream<Thing> {
    const queue: WatchEvent<Thing>[] = [];
    let end: { readonly error?: unknown } | undefined;
    let wake = Promise.withResolvers<void>();
    const finish = (how: { readonly error?: unknown }): void => {
      if (end !== undefined) return;
      end = how;
      wake.resolve();
    };
    const send = (event: WatchEvent<Thing>): void => {
      queue.push(event);
      wake.resolve();
    };
    this.watches.push({
      request,
      send,
      push: (type, object) => send({ type, entry: entryOf(object) }),
      end: (error) => finish(error === undefined ? {} : { error }),
    });
    this.openStreams += 1;
    request.signal.addEventListener("abort", () => finish({ error: request.signal.reason }), { once: true });
    const closed = (): void => void (this.openStreams -= 1);
    return (async function* () {
      try {
        for (;;) {
          if (queue.length > 0) yield queue.splice(0);
          else if (end === undefined) {
            await wake.promise;
            wake = Promise.withResolvers<void>();
          } else if ("error" in end) throw end.error;
          else return;
        }
      } finally {
        closed();
      }
    })();
  }
}

export function gone(): ApiError {
  return new ApiError("watch things: too old resource version", { code: "Expired", status: 410 });
}
