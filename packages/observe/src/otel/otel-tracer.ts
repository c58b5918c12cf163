import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer as OtelTracer } from "@opentelemetry/api";
import type { Span, SpanAttribute, SpanAttributes, SpanOptions, Tracer } from "../tracer.ts";

/**
 * Spans through OpenTelemetry, for every option that is called `tracer`. What they are part of, where they go, which of them are
 * kept and which headers requests carry is what you have registered with OpenTelemetry: a context manager, a provider, a propagator.
 * Without them it does nothing.
 *
 * A failure is recorded as an exception, sets the span's status, and its `code` or name is `error.type`.
 *
 * @param tracer which of yours. @default the global provider's `operatorkit`, also when that is registered later
 */
export function otelTracer(tracer: OtelTracer = trace.getTracer("operatorkit")): Tracer {
  return {
    startSpan(name, { attributes, kind, root = false }: SpanOptions = {}): Span {
      const parent = root ? ROOT_CONTEXT : context.active();
      const span = tracer.startSpan(
        name,
        {
          kind: kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL,
          ...(attributes !== undefined && { attributes: defined(attributes) }),
        },
        parent,
      );
      const inside = trace.setSpan(parent, span);
      return {
        set: (attribute, value) => void span.setAttribute(attribute, value),
        run: (fn) => context.with(inside, fn),
        inject: (headers) => propagation.inject(inside, headers),
        fail(error) {
          const { name: type, code, message, exception } = told(error);
          span.recordException(exception);
          span.setAttribute("error.type", code ?? type);
          span.setStatus({ code: SpanStatusCode.ERROR, message });
        },
        end: () => span.end(),
      };
    },
  };
}

/** OpenTelemetry calls undefined values invalid. */
function defined(attributes: SpanAttributes): Record<string, SpanAttribute> {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, SpanAttribute] => entry[1] !== undefined));
}

interface Told {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly exception: Error | string;
}

/** Anything can be thrown. The type is for grouping, so it is never a message. */
function told(error: unknown): Told {
  if (!(error instanceof Error)) return { name: "_OTHER", code: undefined, message: String(error), exception: String(error) };
  const { code } = error as { code?: unknown };
  return { name: error.name, code: typeof code === "string" ? code : undefined, message: error.message, exception: error };
}
