import { isUtf8 } from "node:buffer";
import { ApiError, type WatchEvent } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { errorFromStatus } from "../request/decode-error.ts";
import { excerptOf } from "../request/excerpt.ts";
import type { EntryMaker } from "./entry.ts";
import { skipSpace } from "./json-bytes.ts";
import { LineSplitter } from "./line-splitter.ts";

/** Set on the bookmark that ends the initial events of a WatchList. Source: KEP-3157, `metav1.InitialEventsAnnotationKey`. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

const CLOSE_BRACE = 0x7d;
const CHANGES = (["MODIFIED", "ADDED", "DELETED"] as const).map((type) => ({ type, start: Buffer.from(`{"type":"${type}","object":`) }));

export interface WatchDecoderOptions<T extends KubernetesObject> {
  readonly entries: EntryMaker<T>;
  /** For error messages: `watch Pods`. */
  readonly action: string;
  readonly maxLineBytes?: number;
}

/** Turns the bytes of a watch into its events. A line that is no event throws: skipping it would lose a change silently. */
export class WatchDecoder<T extends KubernetesObject> {
  readonly #entries: EntryMaker<T>;
  readonly #action: string;
  readonly #lines: LineSplitter;

  constructor({ entries, action, maxLineBytes }: WatchDecoderOptions<T>) {
    this.#entries = entries;
    this.#action = action;
    this.#lines = new LineSplitter(maxLineBytes === undefined ? {} : { maxBytes: maxLineBytes });
  }

  /** The events that this piece completes, in order. */
  push(chunk: Uint8Array): WatchEvent<T>[] {
    let lines: Buffer[];
    try {
      lines = this.#lines.push(chunk);
    } catch (cause) {
      throw this.#malformed(cause instanceof Error ? cause.message : String(cause), cause);
    }
    return lines.map((line) => this.#event(line));
  }

  /** The event of a last line without its newline. */
  end(): WatchEvent<T>[] {
    const line = this.#lines.end();
    return line === undefined ? [] : [this.#event(line)];
  }

  #event(line: Buffer): WatchEvent<T> {
    return this.#change(line) ?? this.#parsed(line);
  }

  /** The event of a line as kube-apiserver writes it; undefined for any other, which is then parsed as a whole. */
  #change(line: Buffer): WatchEvent<T> | undefined {
    const change = CHANGES.find(({ start }) => startsWith(line, start));
    if (change === undefined) return undefined;
    const { type, start } = change;
    const entry = this.#entries.entryAt(line, skipSpace(line, start.length, line.length), line.length);
    const end = entry === undefined ? line.length : skipSpace(line, this.#entries.end, line.length);
    if (entry === undefined || line[end] !== CLOSE_BRACE || skipSpace(line, end + 1, line.length) !== line.length) return undefined;
    return { type, entry };
  }

  #parsed(line: Buffer): WatchEvent<T> {
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
    return {
      type: "BOOKMARK",
      resourceVersion: metadata.resourceVersion,
      initialEventsEnd: metadata.annotations?.[INITIAL_EVENTS_END] === "true",
    };
  }

  #malformed(why: string, cause?: unknown): ApiError {
    return new ApiError(`${this.#action}: ${why}`, { code: "MalformedResponse", cause });
  }
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  if (bytes.length < start.length) return false;
  for (let index = 0; index < start.length; index += 1) if (bytes[index] !== start[index]) return false;
  return true;
}
