import { isAscii, isUtf8 } from "node:buffer";
import { ApiError, entryOf, type ObjectEntry } from "@operatorkit/api";
import { deepFreeze, type Kind, type KubernetesObject } from "@operatorkit/object";
import { excerptOf } from "../request/excerpt.ts";
import { INCOMPLETE, INVALID, skipValue } from "./json-bytes.ts";
import { MetadataEntry, type MetadataPacking, type MetadataReader } from "./metadata-entry.ts";
import { ObjectScan } from "./object-scan.ts";
import { StringTable } from "./string-table.ts";
import { TextEntry, textRange } from "./text-entry.ts";

const SLASH = 0x2f;

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
  /** Keep `metadata` alone, packed. Shared by all lists and watches of one kind. */
  readonly metadataPacking?: MetadataPacking | undefined;
}

/**
 * Makes the entries of one kind's lists and watches: the one place where objects for caches are made. The kind's own
 * `apiVersion` and `kind` are filled in, which the items of built-in lists lack.
 *
 * From bytes, an entry's identity is known at once and its object is parsed when first read. All of the bytes are checked when they
 * come, so reading an object never fails; what the scanner is not sure of is parsed at once.
 */
export class EntryMaker<T extends KubernetesObject> {
  readonly #options: EntryMakerOptions<T>;
  readonly #scan = new ObjectScan();
  readonly #strings: StringTable;
  readonly #metadata: MetadataReader<T> | undefined;
  #scratch: Buffer = Buffer.allocUnsafeSlow(16 * 1024);
  readonly #keyScratch = Buffer.allocUnsafeSlow(512);
  #end = 0;

  constructor(options: EntryMakerOptions<T>) {
    this.#options = options;
    this.#strings = options.strings ?? new StringTable();
    const { metadataPacking } = options;
    this.#metadata = metadataPacking === undefined ? undefined : { ...metadataPacking, parse: this.#parseMetadata };
  }

  /** Where the object of the last `entryAt` ended. */
  get end(): number {
    return this.#end;
  }

  /**
   * The entry of the object that begins at `start`; undefined when it goes on beyond `end`. Throws for what is not JSON, or not
   * an object of Kubernetes.
   */
  entryAt(bytes: Buffer, start: number, end: number): ObjectEntry<T> | undefined {
    const scan = this.#scan;
    let after = scan.scan(bytes, start, end);
    const isClear = after >= 0;
    if (!isClear && after !== INVALID && after !== INCOMPLETE) after = skipValue(bytes, start, end);
    if (after === INCOMPLETE) return undefined;
    if (after < 0)
      throw this.#malformed(`something that is not JSON: ${excerptOf(bytes.toString("utf8", start, Math.min(end, start + 1000)))}`);
    this.#end = after;
    return (isClear ? this.#lazy(bytes, start, after) : undefined) ?? this.entry(this.#parsed(bytes, start, after));
  }

  /** Undefined when the object's text is not the same in characters as in bytes: that is for the parser. */
  #lazy(bytes: Buffer, start: number, end: number): ObjectEntry<T> | undefined {
    const scan = this.#scan;
    if (this.#metadata !== undefined) return this.#packed(bytes, this.#metadata);
    const isCut = scan.cutEnd !== 0 && !this.#options.keepManagedFields;
    const object = isCut ? this.#without(bytes, start, scan.cutStart, scan.cutEnd, end) : bytes.subarray(start, end);
    if (!isAscii(object)) return undefined;
    const cut = isCut ? scan.cutEnd - scan.cutStart : 0;
    const range = (from: number, to: number): number | undefined => {
      const offset = start + (from > scan.cutStart ? cut : 0);
      return from === 0 ? 0 : textRange(from - offset, to - offset);
    };
    const uid = range(scan.uidStart, scan.uidEnd);
    const resourceVersion = range(scan.versionStart, scan.versionEnd);
    if (uid === undefined || resourceVersion === undefined) return undefined;
    return new TextEntry<T>({
      key: this.#key(bytes),
      text: object.toString("latin1", 0, object.length),
      uid,
      resourceVersion,
      parse: this.#parse,
    });
  }

  /** Undefined when the metadata is not for packing. */
  #packed(bytes: Buffer, reader: MetadataReader<T>): ObjectEntry<T> | undefined {
    const scan = this.#scan;
    const isKept = this.#options.keepManagedFields;
    if (!isAscii(bytes.subarray(scan.metadataStart, scan.metadataEnd))) return undefined;
    const packed = reader.codec.pack(bytes, scan, isKept);
    return packed === undefined ? undefined : new MetadataEntry<T>(this.#key(bytes), packed, reader);
  }

  /** One flat string: a joined one would keep both its parts alive. */
  #key(bytes: Buffer): string {
    const { namespaceStart, namespaceEnd, nameStart, nameEnd } = this.#scan;
    if (namespaceEnd === namespaceStart) return bytes.toString("latin1", nameStart, nameEnd);
    const scratch = this.#keyScratch;
    const length = namespaceEnd - namespaceStart + 1 + nameEnd - nameStart;
    if (length > scratch.length)
      return `${bytes.toString("latin1", namespaceStart, namespaceEnd)}/${bytes.toString("latin1", nameStart, nameEnd)}`;
    let at = 0;
    for (let from = namespaceStart; from < namespaceEnd; from += 1) scratch[at++] = bytes[from] as number;
    scratch[at++] = SLASH;
    for (let from = nameStart; from < nameEnd; from += 1) scratch[at++] = bytes[from] as number;
    return scratch.toString("latin1", 0, length);
  }

  #without(bytes: Buffer, start: number, cutStart: number, cutEnd: number, end: number): Buffer {
    const length = end - start - (cutEnd - cutStart);
    if (length > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(length * 2);
    const before = bytes.copy(this.#scratch, 0, start, cutStart);
    bytes.copy(this.#scratch, before, cutEnd, end);
    return this.#scratch.subarray(0, length);
  }

  #parsed(bytes: Buffer, start: number, end: number): unknown {
    const object = bytes.subarray(start, end);
    if (!isUtf8(object)) throw this.#malformed("something that is not UTF-8");
    return JSON.parse(object.toString("utf8"));
  }

  readonly #parse = (text: string): T => this.#finished(JSON.parse(text) as Readonly<Record<string, unknown>>);

  /** The entry of something that is parsed already. */
  entry(raw: unknown): ObjectEntry<T> {
    if (!isObject(raw) || !isObject(raw["metadata"]) || typeof raw["metadata"]["name"] !== "string")
      throw this.#malformed("something that is not an object with metadata.name");
    const { managedFields, ...rest } = raw["metadata"];
    const metadata = this.#options.keepManagedFields && managedFields !== undefined ? { ...rest, managedFields } : rest;
    return entryOf(this.#finished({ ...raw, metadata }));
  }

  readonly #parseMetadata = (metadata: string): T => this.#finished({ metadata: JSON.parse(metadata) as unknown });

  #finished(whole: Readonly<Record<string, unknown>>): T {
    const { kind, freeze } = this.#options;
    // The type that stands there is not the object's own, but that of all metadata.
    const raw = this.#metadata === undefined ? whole : { metadata: whole["metadata"] };
    const hasType = typeof raw["apiVersion"] === "string" && typeof raw["kind"] === "string";
    // The server vouches for the rest of the type; checking it is the schema's business.
    const object = (hasType ? raw : { apiVersion: kind.apiVersion, kind: kind.kind, ...raw }) as unknown as T;
    this.#strings.shareWithin(object);
    return freeze ? deepFreeze(object) : object;
  }

  #malformed(what: string): ApiError {
    return new ApiError(`${this.#options.action}: the server sent ${what}`, { code: "MalformedResponse" });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
