import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HealthCheck } from "@operatorkit/observe";

export interface HealthServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** @default all addresses, since a kubelet asks from outside the pod */
  readonly host?: string | undefined;
  /** Asked at every request. */
  readonly checks: () => readonly HealthCheck[];
  /** The Prometheus text for `/metrics`, when there is one. */
  readonly metricsText?: (() => string) | undefined;
  /** Told of an answer that could not be made, and of a connection that could not be taken. @default nobody is */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface HealthAnswer {
  readonly status: number;
  readonly text: string;
}

/** What a health endpoint answers: `/livez` makes the live checks, `/readyz` the ready ones, `/healthz` all. 503 names what is wrong. */
export function healthAnswer(url: string, checks: readonly HealthCheck[]): HealthAnswer {
  const path = url.split("?", 1)[0];
  if (path !== "/livez" && path !== "/readyz" && path !== "/healthz") return { status: 404, text: "ask /livez, /readyz or /healthz\n" };
  const asked = checks.filter(({ type }) => path === "/healthz" || type === (path === "/livez" ? "live" : "ready"));
  const ailments = asked.map((check) => ({ name: check.name, ailment: ailmentOf(check) })).filter(({ ailment }) => ailment !== undefined);
  if (ailments.length === 0) return { status: 200, text: "ok\n" };
  return { status: 503, text: ailments.map(({ name, ailment }) => `${name}: ${ailment}\n`).join("") };
}

/** Serves health, and metrics when there are any, over HTTP. */
export class HealthServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects when the port cannot be listened on. */
  static async start({ port, host, checks, metricsText, onError = () => {} }: HealthServerOptions): Promise<HealthServer> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
      // Nobody sends a body here.
      request.resume();
      const reply = (status: number, text: string, type = "text/plain; charset=utf-8"): void => {
        response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff", "cache-control": "no-store" });
        response.end(text);
      };
      const url = request.url ?? "/";
      if (request.method !== "GET" && request.method !== "HEAD") return reply(405, "only GET\n");
      try {
        if (metricsText !== undefined && url.split("?", 1)[0] === "/metrics") return reply(200, metricsText(), PROMETHEUS_TEXT);
        const { status, text } = healthAnswer(url, checks());
        return reply(status, text);
      } catch (error) {
        // Thrown on, it would end the process: whoever asks for checks or metrics must not be able to.
        onError(error);
        return reply(500, "the answer could not be made\n");
      }
    });
    await new Promise<void>((resolve, reject) => {
      const onFailure = (cause: Error): void =>
        reject(new Error(`serve health on port ${port}: ${cause.message}; choose another port`, { cause }));
      server.once("error", onFailure);
      server.listen({ port, host }, () => {
        server.off("error", onFailure);
        resolve();
      });
    });
    // A connection that could not be taken, for want of file descriptors say: without a listener it would end the process.
    server.on("error", onError);
    // Asking for health must not keep a process alive that has nothing else to do.
    server.unref();
    return new HealthServer(server);
  }

  get port(): number {
    // A server that listens on a port has an address of this shape.
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

function ailmentOf(check: HealthCheck): string | undefined {
  try {
    return check.check();
  } catch (error) {
    return `the check itself failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
