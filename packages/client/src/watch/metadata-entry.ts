import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { packedUid, packedVersion, type MetadataCodec, type PackedMetadata } from "./metadata-codec.ts";

/** What all lists and watches of one kind's metadata share. */
export interface MetadataPacking {
  readonly codec: MetadataCodec;
  /** The entries that hold their objects, as many as that may be. */
  readonly recent: RecentEntries;
}

export interface MetadataReader<T extends KubernetesObject> extends MetadataPacking {
  /** Makes the object of its metadata's text. */
  readonly parse: (metadata: string) => T;
}

/**
 * An entry that keeps packed metadata. Its object is made when it is read, and not kept for long: who reads it seldom gets an equal one,
 * not the same one.
 */
export class MetadataEntry<T extends KubernetesObject> implements ObjectEntry<T> {
  readonly key: ObjectKey;
  readonly #reader: MetadataReader<T>;
  readonly #shape: PackedMetadata["shape"];
  readonly #values: string;
  #object: T | undefined;

  constructor(key: ObjectKey, { shape, values }: PackedMetadata, reader: MetadataReader<T>) {
    this.key = key;
    this.#reader = reader;
    this.#shape = shape;
    this.#values = values;
  }

  get uid(): string {
    return packedUid(this.#values);
  }

  get resourceVersion(): string {
    return packedVersion(this.#values);
  }

  get object(): T {
    if (this.#object !== undefined) return this.#object;
    const { codec, parse, recent } = this.#reader;
    const object = parse(codec.unpack({ shape: this.#shape, values: this.#values }, this.key));
    this.#object = object;
    recent.add(this);
    return object;
  }

  forgetObject(): void {
    this.#object = undefined;
  }
}

/** The last entries that were read, so that what is read again soon need not be made again. */
export class RecentEntries {
  readonly #entries: { forgetObject(): void }[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size = 256) {
    this.#size = size;
  }

  add(entry: { forgetObject(): void }): void {
    this.#entries[this.#next]?.forgetObject();
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#size;
  }
}
