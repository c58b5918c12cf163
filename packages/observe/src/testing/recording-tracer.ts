import { AsyncLocalStorage } from "node:async_hooks";
import type { Span, SpanAttribute, SpanOptions, Tracer } from "../tracer.ts";

/** A span as a test reads it. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: "internal" | "client";
  /** Undefined for the first of a trace. */
  readonly parent: RecordedSpan | undefined;
  /** Those that are not undefined. */
  readonly attributes: Readonly<Record<string, SpanAttribute>>;
  /** How it failed, if it did. */
  readonly failure: { readonly error: unknown } | undefined;
  /** How often it was ended: 1, when all is well. */
  readonly ends: number;
}

/** Keeps its spans, in the order they were started. The n-th (from 1) is `traceparent: span-<n>` to the receiver of a request. */
export class RecordingTracer implements Tracer {
  readonly #spans: RecordedSpan[] = [];
  readonly #active = new AsyncLocalStorage<RecordedSpan>();

  get spans(): readonly RecordedSpan[] {
    return this.#spans;
  }

  /** The one that is active where this is asked. */
  get active(): RecordedSpan | undefined {
    return this.#active.getStore();
  }

  startSpan(name: string, { attributes = {}, kind = "internal", root = false }: SpanOptions = {}): Span {
    const recorded = {
      name,
      kind,
      parent: root ? undefined : this.active,
      attributes: Object.fromEntries(
        Object.entries(attributes).filter((entry): entry is [string, SpanAttribute] => entry[1] !== undefined),
      ),
      failure: undefined as RecordedSpan["failure"],
      ends: 0,
    };
    const id = `span-${this.#spans.push(recorded)}`;
    return {
      set: (attribute, value) => void (recorded.attributes[attribute] = value),
      run: (fn) => this.#active.run(recorded, fn),
      inject: (headers) => void (headers["traceparent"] = id),
      fail: (error) => void (recorded.failure = { error }),
      end: () => void (recorded.ends += 1),
    };
  }

  /** All spans as a tree, two spaces a level: for one assertion about what is part of what. */
  text(): string {
    const lines = (parent: RecordedSpan | undefined, indent: string): string[] =>
      this.#spans.filter((span) => span.parent === parent).flatMap((span) => [`${indent}${span.name}`, ...lines(span, `${indent}  `)]);
    return lines(undefined, "").join("\n");
  }
}
