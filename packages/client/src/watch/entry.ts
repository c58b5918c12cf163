import { isUtf8 } from "node:buffer";
import { ApiError, entryOf, type ObjectEntry } from "@operatorkit/api";
import { deepFreeze, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import { excerptOf } from "../request/excerpt.ts";
import { Encoding, INCOMPLETE, TOO_DEEP, UNCLEAR, type ObjectPart, type ObjectScan } from "./object-scan.ts";
import { PackedEntry } from "./packed-entry.ts";
import { packedObject } from "./packed-object.ts";
import { StringTable } from "./string-table.ts";

export interface EntryMakerOptions<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  /** For error messages: `list Pods`. */
  readonly action: string;
  /** Keep `metadata.managedFields`, a third and more of what objects weigh. */
  readonly keepManagedFields: boolean;
  /** Freeze objects all the way down. */
  readonly freeze: boolean;
  /** Shared by all lists and watches of one kind. */
  readonly strings?: StringTable;
  /** Keep `metadata` alone. @default false */
  readonly metadataOnly?: boolean;
}

/**
 * Makes the entries of one kind's lists and watches: the one place where objects for caches are made. The kind's own
 * `apiVersion` and `kind` are filled in, which the items of built-in lists lack.
 *
 * From bytes, an entry's identity is known at once and its object is parsed when first read. The bytes are checked when they come, so
 * reading an object never fails; what the scanner is not sure of is parsed at once.
 */
export class EntryMaker<T extends KubernetesObject> {
  readonly #options: EntryMakerOptions<T>;
  readonly #strings: StringTable;
  readonly #part: ObjectPart;
  #end = 0;

  constructor(options: EntryMakerOptions<T>) {
    this.#options = options;
    this.#strings = options.strings ?? new StringTable();
    this.#part = options.metadataOnly === true ? "metadata" : "object";
  }

  /** Where the object of the last `entryAt` ended. */
  get end(): number {
    return this.#end;
  }

  /** The entry of the object at `at`; undefined when it goes on. Throws for what is not JSON, or not an object of Kubernetes. */
  entryAt(scan: ObjectScan, at: number): ObjectEntry<T> | undefined {
    let after = scan.object(at, !this.#options.keepManagedFields, this.#part);
    if (after >= 0) {
      this.#end = after;
      return this.scanned(scan);
    }
    if (after === UNCLEAR) after = scan.endOfValue(at);
    if (after === TOO_DEEP) after = scan.endOfBrackets(at);
    if (after === INCOMPLETE) return undefined;
    if (after < 0) throw this.#notJson(scan.bytes.subarray(at, scan.end));
    this.#end = after;
    return this.#parsed(scan.bytes.subarray(at, after));
  }

  /** Passes over a line of a watch, as `ObjectScan.event` does. */
  changeAt(scan: ObjectScan, at: number): number {
    return scan.event(at, !this.#options.keepManagedFields, this.#part);
  }

  /** The entry of the object that was passed over last. */
  scanned(scan: ObjectScan): ObjectEntry<T> {
    return this.#text(scan) ?? this.#parsed(textBytes(scan));
  }

  /** Undefined when its identity is out of the ordinary. */
  #text(scan: ObjectScan): ObjectEntry<T> | undefined {
    if (scan.encoding === Encoding.notAscii) return undefined;
    if (scan.encoding === Encoding.utf8) this.#checkUtf8(textBytes(scan));
    const { key } = scan;
    const packed = scan.pack(this.#part);
    if (packed === undefined) return undefined;
    return new PackedEntry<T>(key, packed, this.#read);
  }

  #parsed(object: Buffer): ObjectEntry<T> {
    this.#checkUtf8(object);
    let value: unknown;
    try {
      value = JSON.parse(object.toString("utf8"));
    } catch {
      throw this.#notJson(object);
    }
    return { ...this.entry(value), bytes: object.byteLength };
  }

  #notJson(bytes: Buffer): ApiError {
    return this.#malformed(`something that is not JSON: ${excerptOf(bytes.toString("utf8", 0, 1000))}`);
  }

  #checkUtf8(bytes: Buffer): void {
    if (!isUtf8(bytes)) throw this.#malformed("something that is not UTF-8");
  }

  readonly #read = (packed: string, key: ObjectKey): T => {
    const { value, isShared } = packedObject(packed, key);
    const part = value as Readonly<Record<string, unknown>>;
    return this.#finished(this.#part === "metadata" ? { metadata: part } : part, isShared);
  };

  /** The entry of something that is parsed already. */
  entry(raw: unknown): ObjectEntry<T> {
    if (!isObject(raw) || !isObject(raw["metadata"]) || typeof raw["metadata"]["name"] !== "string")
      throw this.#malformed("something that is not an object with metadata.name");
    const { managedFields, ...rest } = raw["metadata"];
    const metadata = this.#options.keepManagedFields && managedFields !== undefined ? { ...rest, managedFields } : rest;
    return entryOf(this.#finished({ ...raw, metadata }));
  }

  #finished(whole: Readonly<Record<string, unknown>>, isShared = false): T {
    const { kind, freeze } = this.#options;
    // The type that stands there is not the object's own, but that of all metadata.
    const raw = this.#part === "object" ? whole : { metadata: whole["metadata"] };
    const hasType = typeof raw["apiVersion"] === "string" && typeof raw["kind"] === "string";
    // The server vouches for the rest of the type; checking it is the schema's business.
    const object = (hasType ? raw : { apiVersion: kind.apiVersion, kind: kind.kind, ...raw }) as unknown as T;
    if (!isShared) this.#strings.shareWithin(object);
    return freeze ? deepFreeze(object) : object;
  }

  #malformed(what: string): ApiError {
    return new ApiError(`${this.#options.action}: the server sent ${what}`, { code: "MalformedResponse" });
  }
}

/** All of the object that was passed over last. */
function textBytes(scan: ObjectScan): Buffer {
  return scan.bytes.subarray(scan.textStart, scan.textEnd);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
