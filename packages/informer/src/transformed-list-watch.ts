import type { EntryPage, ListRequest, ListWatch, ObjectEntry, WatchEvent, WatchRequest, WatchStream } from "@operatorkit/api";
import type { Kind, KubernetesObject, ObjectKey } from "@operatorkit/object";
import { objectOf } from "./object-of.ts";

/**
 * Makes what the copy holds of what the server sent, to keep less of it: `({ data, ...rest }) => rest`. Pure and quick: it gets the object
 * itself, frozen in development, and returns another one (or the same). apiVersion, kind, and of metadata name, namespace, uid and
 * resourceVersion stay as they are.
 */
export type Transform<T extends KubernetesObject> = (object: T) => T;

export interface TransformedListWatchOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  readonly transform: Transform<T>;
  /** The transform threw, or broke its promise: the object is as it came. Must not throw. */
  readonly onError: (error: unknown, key: ObjectKey) => void;
}

/** A `ListWatch` whose objects go through a transform when they are first read; what nobody reads costs nothing more. */
export class TransformedListWatch<T extends KubernetesObject> implements ListWatch<T> {
  readonly kind: Kind<T>;
  readonly #options: TransformedListWatchOptions<T>;

  constructor(options: TransformedListWatchOptions<T>) {
    this.kind = options.listWatch.kind;
    this.#options = options;
  }

  async list(request: ListRequest): Promise<EntryPage<T>> {
    const page = await this.#options.listWatch.list(request);
    // What is no page is for the reflector to refuse.
    return Array.isArray(page?.entries) ? { ...page, entries: page.entries.map(this.#entry) } : page;
  }

  async watch(request: WatchRequest): Promise<WatchStream<T>> {
    const stream = await this.#options.listWatch.watch(request);
    return { [Symbol.asyncIterator]: () => this.#events(stream[Symbol.asyncIterator]()) };
  }

  /** Not a generator: leaving one that was never started would not leave the stream below. */
  #events(below: AsyncIterator<readonly WatchEvent<T>[]>): AsyncIterator<readonly WatchEvent<T>[]> {
    const leave = below.return?.bind(below);
    return {
      next: async () => {
        const result = await below.next();
        return result.done === true ? result : { done: false, value: result.value.map(this.#event) };
      },
      ...(leave !== undefined && { return: () => leave() }),
    };
  }

  readonly #event = (event: WatchEvent<T>): WatchEvent<T> => ("entry" in event ? { ...event, entry: this.#entry(event.entry) } : event);

  readonly #entry = (entry: ObjectEntry<T>): ObjectEntry<T> => new TransformedEntry(entry, this.#options);
}

/** Holds the entry as it came until its object is read, and what became of the object from then on. */
class TransformedEntry<T extends KubernetesObject> implements ObjectEntry<T> {
  readonly key: ObjectKey;
  readonly #options: TransformedListWatchOptions<T>;
  #source: ObjectEntry<T> | undefined;
  #object: T | undefined;

  constructor(source: ObjectEntry<T>, options: TransformedListWatchOptions<T>) {
    this.key = source.key;
    this.#source = source;
    this.#options = options;
  }

  get uid(): string {
    return this.#source?.uid ?? this.#object?.metadata.uid ?? "";
  }

  get resourceVersion(): string {
    return this.#source?.resourceVersion ?? this.#object?.metadata.resourceVersion ?? "";
  }

  get object(): T {
    this.#object ??= this.#transformed();
    this.#source = undefined;
    return this.#object;
  }

  #transformed(): T {
    // The source goes when the object is there.
    const object = objectOf(this.#source as ObjectEntry<T>);
    const { transform, onError, listWatch } = this.#options;
    try {
      const result: unknown = transform(object);
      const problem = identityProblem(object, result);
      if (problem === undefined) return result as T;
      throw new TypeError(`transform of ${listWatch.kind.kind} ${this.key}: ${problem}; the object is kept as it came`);
    } catch (error) {
      onError(error, this.key);
      return object;
    }
  }
}

/** What of an object's identity did not come through. */
function identityProblem(before: KubernetesObject, result: unknown): string | undefined {
  const after = result as Partial<KubernetesObject> | null | undefined;
  if (typeof after?.metadata !== "object" || after.metadata === null) return "it returned something that is not an object with metadata";
  for (const field of ["apiVersion", "kind"] as const) if (after[field] !== before[field]) return `it changed ${field}`;
  for (const field of ["name", "namespace", "uid", "resourceVersion"] as const) {
    if (after.metadata[field] !== before.metadata[field]) return `it changed metadata.${field}`;
  }
  return undefined;
}
