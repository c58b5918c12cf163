import { noTracer, type Span, type Tracer } from "@operatorkit/observe";
import type { Call } from "./call.ts";
import { targetOf } from "./request-target.ts";

/**
 * What requests are traced by. Names and attributes are those of OpenTelemetry's conventions for HTTP clients: one span for each
 * sending, so that the server's own span is part of the one that reached it.
 */
export class RequestSpans {
  readonly #tracer: Tracer;
  readonly #address: string;
  readonly #port: number | undefined;

  constructor(tracer: Tracer, host: string) {
    this.#tracer = tracer;
    const [, address = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
    this.#address = address;
    this.#port = port === undefined ? undefined : Number(port);
  }

  /** Undefined where nothing is traced. @param resends how often the call was sent before */
  start(call: Call, resends: number): Span | undefined {
    if (this.#tracer === noTracer) return undefined;
    const { template, resource, namespace, name } = targetOf(call.path);
    return this.#tracer.startSpan(template === undefined ? call.method : `${call.method} ${template}`, {
      kind: "client",
      attributes: {
        "http.request.method": call.method,
        "http.request.resend_count": resends === 0 ? undefined : resends,
        "url.template": template,
        "url.path": call.path.split("?", 1)[0],
        "server.address": this.#address,
        "server.port": this.#port,
        "k8s.resource.name": resource,
        "k8s.namespace.name": namespace,
        "k8s.object.kind": call.subject?.kind.kind,
        "k8s.object.name": name,
        "operatorkit.verb": call.verb,
      },
    });
  }
}
