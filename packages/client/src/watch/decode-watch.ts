import { isUtf8 } from "node:buffer";
import { ApiError, type WatchEvent } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { errorFromStatus } from "../request/decode-error.ts";
import { excerptOf } from "../request/excerpt.ts";
import type { EntryMaker } from "./entry.ts";
import { CHANGE_TYPES, INCOMPLETE, objectScan, OTHER_LINE, type ObjectScan } from "./object-scan.ts";

/** Set on the bookmark that ends the initial events of a WatchList. Source: KEP-3157, `metav1.InitialEventsAnnotationKey`. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

const NEWLINE = 0x0a;
/** Looked at together; a transport may give all it has in one piece. */
const PIECE_BYTES = 256 * 1024;

export interface WatchDecoderOptions<T extends KubernetesObject> {
  readonly entries: EntryMaker<T>;
  /** For error messages: `watch Pods`. */
  readonly action: string;
  /** @default 64 MiB: far above what etcd stores, far below what would hurt */
  readonly maxLineBytes?: number;
}

/**
 * Turns the bytes of a watch into its events, wherever the pieces were cut: in a line, in a character, between `\r` and `\n`. A line
 * that is no event throws: skipping it would lose a change silently. Empty lines are left out.
 */
export class WatchDecoder<T extends KubernetesObject> {
  readonly #entries: EntryMaker<T>;
  readonly #action: string;
  readonly #maxLineBytes: number;
  /** Copies of the pieces of a line whose end has not come yet. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor({ entries, action, maxLineBytes = 64 * 1024 * 1024 }: WatchDecoderOptions<T>) {
    this.#entries = entries;
    this.#action = action;
    this.#maxLineBytes = maxLineBytes;
  }

  /** The events that this piece completes, in order. */
  push(chunk: Uint8Array): WatchEvent<T>[] {
    const events: WatchEvent<T>[] = [];
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) this.#take(chunk.subarray(at, at + PIECE_BYTES), events);
    return events;
  }

  /** The event of a last line without its newline. */
  end(): WatchEvent<T>[] {
    return this.#pendingBytes === 0 ? [] : this.push(Uint8Array.of(NEWLINE));
  }

  #take(piece: Uint8Array, events: WatchEvent<T>[]): void {
    // A long line is looked at once, when it has ended, and not with each of its pieces.
    if (this.#pendingBytes > 0 && !piece.includes(NEWLINE)) {
      this.#keep(piece);
      return;
    }
    const scan = objectScan();
    scan.load(...this.#pending, piece);
    this.#pending = [];
    this.#pendingBytes = 0;
    let at = scan.start;
    while (at < scan.end) {
      const change = this.#entries.changeAt(scan, at);
      if (change === INCOMPLETE) break;
      const { lineEnd } = scan;
      if (lineEnd - at > this.#maxLineBytes) throw this.#tooLong();
      if (change > OTHER_LINE) {
        events.push({ type: CHANGE_TYPES[change] ?? "MODIFIED", entry: this.#entries.scanned(scan) });
      } else {
        const event = this.#other(scan, at, lineEnd);
        if (event !== undefined) events.push(event);
      }
      at = lineEnd + 1;
    }
    if (at < scan.end) this.#keep(scan.bytes.subarray(at, scan.end));
  }

  #keep(piece: Uint8Array): void {
    this.#pendingBytes += piece.length;
    if (this.#pendingBytes > this.#maxLineBytes) throw this.#tooLong();
    this.#pending.push(Buffer.from(piece));
  }

  /** A line that is not written as a change is: parsed as a whole. */
  #other(scan: ObjectScan, start: number, end: number): WatchEvent<T> | undefined {
    const line = scan.bytes.subarray(start, end);
    if (line.length === 0 || (line.length === 1 && line[0] === CARRIAGE_RETURN)) return undefined;
    const text = line.toString("utf8");
    let event: { readonly type?: unknown; readonly object?: unknown };
    try {
      if (!isUtf8(line)) throw new SyntaxError("it is not UTF-8");
      event = JSON.parse(text) as typeof event;
    } catch (cause) {
      throw this.#malformed(`a line is not JSON: ${excerptOf(text)}`, cause);
    }
    switch (event?.type) {
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        return { type: event.type, entry: this.#entries.entry(event.object) };
      case "BOOKMARK":
        return this.#bookmark(event.object);
      case "ERROR":
        return { type: "ERROR", error: errorFromStatus(this.#action, event.object ?? {}) };
      default:
        throw this.#malformed(`a line is not a watch event: ${excerptOf(text)}`);
    }
  }

  #bookmark(object: unknown): WatchEvent<T> {
    const { metadata } = (object ?? {}) as { metadata?: { resourceVersion?: unknown; annotations?: Record<string, string> } };
    if (typeof metadata?.resourceVersion !== "string" || metadata.resourceVersion === "")
      throw this.#malformed("a bookmark has no resourceVersion");
    const initialEventsEnd = metadata.annotations?.[INITIAL_EVENTS_END] === "true";
    return { type: "BOOKMARK", resourceVersion: metadata.resourceVersion, initialEventsEnd };
  }

  #tooLong(): ApiError {
    return this.#malformed(`a line is longer than ${this.#maxLineBytes} bytes`);
  }

  #malformed(why: string, cause?: unknown): ApiError {
    return new ApiError(`${this.#action}: ${why}`, { code: "MalformedResponse", cause });
  }
}

const CARRIAGE_RETURN = 0x0d;
