/**
 * Makes spans: what was being done, how long it took, as part of what, and how it ended. OpenTelemetry's fits through
 * `@operatorkit/observe/otel`.
 */
export interface Tracer {
  /** Starts a span. It is part of the span that is active here, if one is. Who starts it ends it. */
  startSpan(name: string, options?: SpanOptions): Span;
}

export interface SpanOptions {
  readonly attributes?: SpanAttributes;
  /** `client`: a request to another process. @default "internal" */
  readonly kind?: "internal" | "client";
  /** It begins a trace of its own, whatever is active. @default false */
  readonly root?: boolean;
}

export interface Span {
  set(attribute: string, value: SpanAttribute): void;
  /** Calls `fn` with this span active: what is started in it, also after an `await`, is part of this span. Does not end it. */
  run<R>(fn: () => R): R;
  /** Adds the headers that tell who gets the request which span it is part of: `traceparent`. */
  inject(headers: Record<string, string>): void;
  /** It failed with this. Does not end it. */
  fail(error: unknown): void;
  end(): void;
}

export type SpanAttribute = string | number | boolean;

/** Named as OpenTelemetry's semantic conventions do where they have a name. What is undefined is left out. */
export type SpanAttributes = Readonly<Record<string, SpanAttribute | undefined>>;

const nothing: Span = { set() {}, run: (fn) => fn(), inject() {}, fail() {}, end() {} };

/**
 * Traces nothing: the default everywhere. Code that runs often asks `tracer === noTracer` before it puts attributes and functions
 * together, so that who does not trace pays for none of them.
 */
export const noTracer: Tracer = { startSpan: () => nothing };
