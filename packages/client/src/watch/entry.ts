import { ApiError, entryOf, type ObjectEntry } from "@operatorkit/api";
import { deepFreeze, type Kind, type KubernetesObject } from "@operatorkit/object";

export interface EntryMakerOptions<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  /** For error messages: `list Pods`. */
  readonly action: string;
  /** Keep `metadata.managedFields`, a third and more of what objects weigh. */
  readonly keepManagedFields: boolean;
  /** Freeze objects all the way down. */
  readonly freeze: boolean;
}

/**
 * Makes the entries of one kind's lists and watches: the one place where objects for caches are made. The kind's own
 * `apiVersion` and `kind` are filled in, which the items of built-in lists lack.
 */
export class EntryMaker<T extends KubernetesObject> {
  readonly #options: EntryMakerOptions<T>;

  constructor(options: EntryMakerOptions<T>) {
    this.#options = options;
  }

  entry(raw: unknown): ObjectEntry<T> {
    const { kind, action, keepManagedFields, freeze } = this.#options;
    if (!isObject(raw) || !isObject(raw["metadata"]) || typeof raw["metadata"]["name"] !== "string") {
      throw new ApiError(`${action}: the server sent something that is not an object with metadata.name`, { code: "MalformedResponse" });
    }
    const { managedFields, ...rest } = raw["metadata"];
    const metadata = keepManagedFields && managedFields !== undefined ? { ...rest, managedFields } : rest;
    // The server vouches for the rest of the type; checking it is the schema's business.
    const object = { apiVersion: kind.apiVersion, kind: kind.kind, ...raw, metadata } as unknown as T;
    return entryOf(freeze ? deepFreeze(object) : object);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
