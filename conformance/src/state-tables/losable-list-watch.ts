import { ApiError, type EntryPage, type ListRequest, type ListWatch, type WatchRequest, type WatchStream } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";

/** A `ListWatch` that can be lost: what happens until it is found again is seen by a new list alone, as after a version that has expired. */
export class LosableListWatch<T extends KubernetesObject> implements ListWatch<T> {
  readonly kind: Kind<T>;
  readonly #inner: ListWatch<T>;
  #loss = new AbortController();
  /** No watch goes on from before the loss, also where none was open then. */
  #mustList = false;
  #found: PromiseWithResolvers<void> | undefined;

  constructor(inner: ListWatch<T>) {
    this.kind = inner.kind;
    this.#inner = inner;
  }

  lose(): void {
    this.#mustList = true;
    this.#found = Promise.withResolvers<void>();
    this.#loss.abort(new Error("the watch was lost"));
    this.#loss = new AbortController();
  }

  find(): void {
    this.#found?.resolve();
    this.#found = undefined;
  }

  async list(request: ListRequest): Promise<EntryPage<T>> {
    await this.#found?.promise;
    const loss = this.#loss.signal;
    const page = await this.#inner.list(request);
    if (loss.aborted) throw expired();
    this.#mustList = false;
    return page;
  }

  async watch(request: WatchRequest): Promise<WatchStream<T>> {
    await this.#found?.promise;
    if (this.#mustList) throw expired();
    const loss = this.#loss.signal;
    try {
      const stream = await this.#inner.watch({ ...request, signal: AbortSignal.any([request.signal, loss]) });
      return untilLost(stream, loss);
    } catch (error) {
      throw loss.aborted ? expired() : error;
    }
  }
}

/** Whatever comes after the loss is not told, however long the stream takes to notice. */
async function* untilLost<T extends KubernetesObject>(stream: WatchStream<T>, loss: AbortSignal): WatchStream<T> {
  const lost = Promise.withResolvers<undefined>();
  const onLoss = (): void => lost.resolve(undefined);
  loss.addEventListener("abort", onLoss);
  if (loss.aborted) onLoss();
  const batches = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await Promise.race([lost.promise, batches.next()]);
      if (loss.aborted || result === undefined) throw expired();
      if (result.done === true) return;
      yield result.value;
    }
  } catch (error) {
    throw loss.aborted ? expired() : error;
  } finally {
    loss.removeEventListener("abort", onLoss);
    // Its end may wait for the batch that is asked for, which its signal ends.
    batches.return?.().catch(() => {});
  }
}

function expired(): ApiError {
  return new ApiError("watch: too old resource version", { code: "Expired", status: 410 });
}
