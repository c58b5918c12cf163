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
  Patch,
  RequestOptions,
  SubresourceWriteOptions,
  WriteOptions,
} from "@operatorkit/api";
import type { Kind, KindRef, KubernetesObject, Manifest, ObjectRef } from "@operatorkit/object";

/** What is told of writes. */
export interface WriteNotes {
  /** Whether an object of this kind and name is there, as far as is known before it is applied. */
  knows(object: KubernetesObject): boolean;
  /** @param isNew it was created, or applied where none was known */
  wrote(written: KubernetesObject, isNew: boolean): void;
  /** Before it is asked for. */
  deletes(kind: Kind, ref: ObjectRef): void;
}

/** Passes everything on, and tells of each object that was written or is going to be deleted. */
export class NotingClient implements Client {
  readonly #client: Client;
  readonly #notes: WriteNotes;

  constructor(client: Client, notes: WriteNotes) {
    this.#client = client;
    this.#notes = notes;
  }

  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options?: GetOptions): Promise<T> {
    return this.#client.get(kind, ref, options);
  }

  list<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions): Listing<T> {
    return this.#client.list(kind, options);
  }

  create<T extends KubernetesObject>(object: Manifest<T>, options?: WriteOptions): Promise<T> {
    return this.#noted(this.#client.create<T>(object, options), options, true);
  }

  update<T extends KubernetesObject>(object: T, options?: SubresourceWriteOptions): Promise<T> {
    return this.#noted(this.#client.update(object, options), options);
  }

  apply<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<T> {
    const isNew = options?.subresource === undefined && !this.#notes.knows(object);
    return this.#noted(this.#client.apply(object, options), options, isNew);
  }

  patch<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options?: SubresourceWriteOptions): Promise<T> {
    return this.#noted(this.#client.patch(kind, ref, patch, options), options);
  }

  delete<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options?: DeleteOptions): Promise<void> {
    if (options?.dryRun !== true) this.#notes.deletes(kind, ref);
    return this.#client.delete(kind, ref, options);
  }

  deleteCollection<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions & DeleteOptions): Promise<void> {
    return this.#client.deleteCollection(kind, options);
  }

  listWatch<T extends KubernetesObject>(kind: Kind<T>, scope?: ListWatchScope): ListWatch<T> {
    return this.#client.listWatch(kind, scope);
  }

  resolve(ref: KindRef, options?: RequestOptions): Promise<Kind> {
    return this.#client.resolve(ref, options);
  }

  with(defaults: ClientDefaults): Client {
    return new NotingClient(this.#client.with(defaults), this.#notes);
  }

  async #noted<T extends KubernetesObject>(writing: Promise<T>, options: WriteOptions | undefined, isNew = false): Promise<T> {
    const written = await writing;
    if (options?.dryRun !== true) this.#notes.wrote(written, isNew);
    return written;
  }
}
