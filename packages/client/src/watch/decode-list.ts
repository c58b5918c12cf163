import { isUtf8 } from "node:buffer";
import { ApiError, type EntryPage, type ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { excerptOf } from "../request/excerpt.ts";
import type { EntryMaker } from "./entry.ts";
import { INCOMPLETE, objectScan, type ObjectScan } from "./object-scan.ts";

const COMMA = 0x2c;
const CLOSE_BRACKET = 0x5d;

export interface ListDecoderOptions<T extends KubernetesObject> {
  readonly entries: EntryMaker<T>;
  /** For error messages: `list Pods`. */
  readonly action: string;
  /** Of one item, and of what stands around the items. @default 64 MiB */
  readonly maxItemBytes?: number;
}

/**
 * Turns the bytes of a list into entries as they arrive, so that a list of any size never stands in memory as a whole, nor holds up the
 * event loop. Nothing is concluded before `end` has seen the frame: a list that broke off, or is none, throws.
 */
export class ListDecoder<T extends KubernetesObject> {
  readonly #entries: EntryMaker<T>;
  readonly #action: string;
  readonly #maxItemBytes: number;
  readonly #decoded: ObjectEntry<T>[] = [];
  /** What stands around the items. */
  readonly #frame: Buffer[] = [];
  #frameBytes = 0;
  #phase: "head" | "items" | "tail" = "head";
  /** What came and does not make sense yet; looked at again when there is twice as much. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #enoughBytes = 0;

  constructor({ entries, action, maxItemBytes = 64 * 1024 * 1024 }: ListDecoderOptions<T>) {
    this.#entries = entries;
    this.#action = action;
    this.#maxItemBytes = maxItemBytes;
  }

  push(chunk: Uint8Array): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.byteLength;
    if (this.#pendingBytes >= this.#enoughBytes) this.#look();
    if (Math.max(this.#pendingBytes, this.#frameBytes) > this.#maxItemBytes)
      throw this.#malformed(`an item, or what stands around the items, is longer than ${this.#maxItemBytes} bytes`);
  }

  /** The page, once all of it was pushed. */
  end(): EntryPage<T> {
    this.#look();
    for (const piece of this.#pending.splice(0)) this.#toFrame(piece);
    const bytes = Buffer.concat(this.#frame);
    const text = bytes.toString("utf8");
    let value: unknown;
    try {
      if (!isUtf8(bytes)) throw new SyntaxError("it is not UTF-8");
      value = JSON.parse(text);
    } catch (cause) {
      throw this.#malformed(`it is not JSON, or broke off (${excerptOf(text)}); is the server's address right?`, cause);
    }
    const { items, ...frame } = decodeList(value, this.#action);
    // Items that stood where the scanner does not look for them, such as under a key with escapes.
    for (const item of items) this.#decoded.push(this.#entries.entry(item));
    return { ...frame, entries: this.#decoded };
  }

  /** Looks at all that is pending, and keeps what does not make sense yet. */
  #look(): void {
    const scan = objectScan();
    scan.load(...this.#pending);
    this.#pending = [];
    let at = scan.start;
    if (this.#phase === "head") at = this.#head(scan);
    if (this.#phase === "items") at = this.#items(scan, at);
    const rest = scan.bytes.subarray(at, scan.end);
    this.#pendingBytes = this.#phase === "tail" ? 0 : rest.length;
    this.#enoughBytes = this.#pendingBytes * 2;
    if (this.#phase === "tail") this.#toFrame(rest);
    else if (rest.length > 0) this.#pending.push(Uint8Array.from(rest));
  }

  /** Takes what stands before the items; where they begin. */
  #head(scan: ObjectScan): number {
    const items = scan.items(scan.start);
    if (items === INCOMPLETE) return scan.start;
    // Not a list with items: `end` says what is wrong with it.
    this.#phase = items < 0 ? "tail" : "items";
    if (items < 0) return scan.start;
    this.#toFrame(scan.bytes.subarray(scan.start, items));
    return items;
  }

  /** Takes the items that are complete; where the first that is not begins. */
  #items(scan: ObjectScan, at: number): number {
    const { bytes, end } = scan;
    for (;;) {
      let start = scan.skipSpace(at);
      if (start < end && this.#decoded.length > 0 && bytes[start] === COMMA) start = scan.skipSpace(start + 1);
      else if (start < end && bytes[start] === CLOSE_BRACKET) {
        this.#phase = "tail";
        return start;
      } else if (start < end && this.#decoded.length > 0) throw this.#malformed("its items are not separated by commas");
      const entry = this.#entries.entryAt(scan, start);
      if (entry === undefined) return at;
      this.#decoded.push(entry);
      at = this.#entries.end;
    }
  }

  #toFrame(bytes: Uint8Array): void {
    this.#frame.push(Buffer.from(bytes));
    this.#frameBytes += bytes.length;
  }

  #malformed(why: string, cause?: unknown): ApiError {
    return new ApiError(`${this.#action}: the answer is not a list: ${why}`, { code: "MalformedResponse", cause });
  }
}

/** A list as it came, its frame checked, its items not. */
export interface RawList {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Checks that an answer is a list before anything is concluded from what is not in it. */
export function decodeList(value: unknown, action: string): RawList {
  const malformed = (why: string): ApiError => new ApiError(`${action}: the answer is not a list: ${why}`, { code: "MalformedResponse" });
  if (value === null || typeof value !== "object") throw malformed("it is not an object");
  const { kind, items, metadata } = value as { kind?: unknown; items?: unknown; metadata?: unknown };
  if (typeof kind !== "string" || !kind.endsWith("List")) throw malformed(`its kind is ${JSON.stringify(kind)}`);
  // Go writes an empty list as null.
  if (items !== null && !Array.isArray(items)) throw malformed("it has no items");
  if (metadata === null || typeof metadata !== "object") throw malformed("it has no metadata");
  const { resourceVersion, continue: next, remainingItemCount } = metadata as Record<string, unknown>;
  if (typeof resourceVersion !== "string") throw malformed("it has no metadata.resourceVersion");
  return {
    items: items ?? [],
    resourceVersion,
    ...(typeof next === "string" && next !== "" ? { continue: next } : {}),
    ...(typeof remainingItemCount === "number" ? { remainingItemCount } : {}),
  };
}
