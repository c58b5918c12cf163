import type { WatchEvent, WatchStream } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { GuardedRequest } from "./guarded-request.ts";
import { InitialEvents } from "./initial-events.ts";

export interface OpenStreamOptions<T extends KubernetesObject> {
  readonly stream: WatchStream<T>;
  readonly request: GuardedRequest;
  readonly startMs: number;
  readonly timeoutSeconds: number;
  /** It was asked to begin with what is there (WatchList). */
  readonly isFilling: boolean;
}

/** A watch the server has accepted, read batch by batch, each within a limit of silence. */
export class OpenStream<T extends KubernetesObject> {
  /** When it was asked for. */
  readonly startMs: number;
  readonly timeoutSeconds: number;
  readonly initialEvents: InitialEvents<T> = new InitialEvents();
  /** Its initial events are not complete. */
  isFilling: boolean;
  /** How many were applied. */
  events = 0;
  readonly #iterator: AsyncIterator<readonly WatchEvent<T>[]>;
  readonly #request: GuardedRequest;
  #unread: readonly WatchEvent<T>[] = [];

  constructor({ stream, request, startMs, timeoutSeconds, isFilling }: OpenStreamOptions<T>) {
    this.#iterator = stream[Symbol.asyncIterator]();
    this.#request = request;
    this.startMs = startMs;
    this.timeoutSeconds = timeoutSeconds;
    this.isFilling = isFilling;
  }

  /** The next events; undefined when the server ended the stream. */
  async next(limitMs: number, what: string): Promise<readonly WatchEvent<T>[] | undefined> {
    if (this.#unread.length > 0) {
      const batch = this.#unread;
      this.#unread = [];
      return batch;
    }
    const result = await this.#request.within(limitMs, what, () => this.#iterator.next());
    return result.done === true ? undefined : result.value;
  }

  /** These come next, before what the server says. */
  unread(batch: readonly WatchEvent<T>[]): void {
    this.#unread = batch;
  }

  /** Ends the request; a stream that does not hear of it is not waited for. */
  close(): void {
    this.#request.close();
    void this.#leave().catch(() => {});
  }

  async #leave(): Promise<void> {
    await this.#iterator.return?.();
  }
}
