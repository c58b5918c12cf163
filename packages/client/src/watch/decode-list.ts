import { isUtf8 } from "node:buffer";
import { ApiError, type EntryPage, type ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { excerptOf } from "../request/excerpt.ts";
import type { EntryMaker } from "./entry.ts";
import { INCOMPLETE, skipColon, skipSpace, skipString, skipValue } from "./json-bytes.ts";

const COMMA = 0x2c;
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const ITEMS = '"items"';

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
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #enoughBytes = 0;

  constructor({ entries, action, maxItemBytes = 64 * 1024 * 1024 }: ListDecoderOptions<T>) {
    this.#entries = entries;
    this.#action = action;
    this.#maxItemBytes = maxItemBytes;
  }

  push(chunk: Uint8Array): void {
    this.#pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#pendingBytes += chunk.byteLength;
    if (this.#pendingBytes >= this.#enoughBytes) this.#look();
    if (Math.max(this.#pendingBytes, this.#frameBytes) > this.#maxItemBytes)
      throw this.#malformed(`an item, or what stands around the items, is longer than ${this.#maxItemBytes} bytes`);
  }

  /** The page, once all of it was pushed. */
  end(): EntryPage<T> {
    this.#look();
    if (this.#phase !== "tail") this.#toFrame(this.#window());
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

  #window(): Buffer {
    const [only] = this.#pending;
    const window = this.#pending.length === 1 && only !== undefined ? only : Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    return window;
  }

  #look(): void {
    let window = this.#window();
    if (this.#phase === "head") window = this.#head(window);
    if (this.#phase === "items") window = this.#items(window);
    if (this.#phase === "tail") {
      this.#toFrame(window);
      return;
    }
    this.#enoughBytes = window.length * 2;
    this.#pendingBytes = window.length;
    if (window.length > 0) this.#pending.push(window);
  }

  /** Takes what stands before the items. */
  #head(window: Buffer): Buffer {
    const at = itemsAt(window);
    if (at === INCOMPLETE) return window;
    // Not a list with items: `end` says what is wrong with it.
    this.#phase = at < 0 ? "tail" : "items";
    if (at < 0) return window;
    this.#toFrame(window.subarray(0, at));
    return window.subarray(at);
  }

  /** Takes the items that are complete. */
  #items(window: Buffer): Buffer {
    let at = 0;
    for (;;) {
      let start = skipSpace(window, at, window.length);
      if (start < window.length && this.#decoded.length > 0 && window[start] === COMMA) start = skipSpace(window, start + 1, window.length);
      else if (start < window.length && window[start] === CLOSE_BRACKET) {
        this.#phase = "tail";
        return window.subarray(start);
      } else if (start < window.length && this.#decoded.length > 0) throw this.#malformed("its items are not separated by commas");
      const entry = this.#entries.entryAt(window, start, window.length);
      if (entry === undefined) return window.subarray(at);
      this.#decoded.push(entry);
      at = this.#entries.end;
    }
  }

  #toFrame(bytes: Buffer): void {
    this.#frame.push(Buffer.from(bytes));
    this.#frameBytes += bytes.length;
  }

  #malformed(why: string, cause?: unknown): ApiError {
    return new ApiError(`${this.#action}: the answer is not a list: ${why}`, { code: "MalformedResponse", cause });
  }
}

/** Behind the bracket that opens the items; negative when there is none, `INCOMPLETE` when that is not known yet. */
function itemsAt(bytes: Buffer): number {
  const end = bytes.length;
  let at = skipSpace(bytes, 0, end);
  if (at >= end) return INCOMPLETE;
  if (bytes[at] !== OPEN_BRACE) return NO_ITEMS;
  for (;;) {
    at = skipSpace(bytes, at + 1, end);
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== QUOTE) return NO_ITEMS;
    const keyEnd = skipString(bytes, at + 1, end);
    if (keyEnd < 0) return keyEnd;
    const value = skipColon(bytes, keyEnd, end);
    if (value < 0) return value;
    if (value >= end) return INCOMPLETE;
    if (bytes[value] === OPEN_BRACKET && bytes.toString("latin1", at, keyEnd) === ITEMS) return value + 1;
    at = skipValue(bytes, value, end);
    if (at < 0) return at;
    at = skipSpace(bytes, at, end);
    if (at >= end) return INCOMPLETE;
    if (bytes[at] === CLOSE_BRACE || bytes[at] !== COMMA) return NO_ITEMS;
  }
}

const NO_ITEMS = -5;

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
