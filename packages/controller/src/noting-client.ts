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

/** Passes everything on, and tells of each object that was written. */
export class NotingClient implements Client {
  readonly #client: Client;
  readonly #note: (written: KubernetesObject) => void;

  constructor(client: Client, note: (written: KubernetesObject) => void) {
    this.#client = client;
    this.#note = note;
  }

  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options?: GetOptions): Promise<T> {
    return this.#client.get(kind, ref, options);
  }

  list<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions): Listing<T> {
    return this.#client.list(kind, options);
  }

  create<T extends KubernetesObject>(object: Manifest<T>, options?: WriteOptions): Promise<T> {
    return this.#noted(this.#client.create<T>(object, options), options);
  }

  update<T extends KubernetesObject>(object: T, options?: SubresourceWriteOptions): Promise<T> {
    return this.#noted(this.#client.update(object, options), options);
  }

  apply<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<T> {
    return this.#noted(this.#client.apply(object, options), options);
  }

  patch<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options?: SubresourceWriteOptions): Promise<T> {
    return this.#noted(this.#client.patch(kind, ref, patch, options), options);
  }

  delete<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef, options?: DeleteOptions): Promise<void> {
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
    return new NotingClient(this.#client.with(defaults), this.#note);
  }

  async #noted<T extends KubernetesObject>(writing: Promise<T>, options: WriteOptions | undefined): Promise<T> {
    const written = await writing;
    if (options?.dryRun !== true) this.#note(written);
    return written;
  }
}
