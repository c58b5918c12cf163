import type { Counter, Histogram, Metrics } from "@operatorkit/observe";

/** component-base's, from 64 bytes to 16 MiB. */
const SIZES = [64, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

/** What requests are counted by. Names, labels and buckets are client-go's, as controller-runtime and component-base register them. */
export class RequestMetrics {
  readonly #requests: Counter;
  readonly #durations: Histogram;
  readonly #retries: Counter;
  readonly #sent: Histogram;
  readonly #received: Histogram;
  readonly #host: string;

  constructor(metrics: Metrics, host: string) {
    this.#host = host;
    this.#requests = metrics.counter({
      name: "rest_client_requests_total",
      help: "Number of HTTP requests, partitioned by status code, method, and host.",
      labels: ["code", "method", "host"],
    });
    this.#durations = metrics.histogram({
      name: "rest_client_request_duration_seconds",
      help: "Request latency in seconds. Broken down by verb, and host.",
      labels: ["verb", "host"],
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    });
    this.#retries = metrics.counter({
      name: "rest_client_request_retries_total",
      help: "Number of request retries, partitioned by status code, verb, and host.",
      labels: ["code", "verb", "host"],
    });
    this.#sent = metrics.histogram({
      name: "rest_client_request_size_bytes",
      help: "Request size in bytes. Broken down by verb and host.",
      labels: ["verb", "host"],
      buckets: SIZES,
    });
    this.#received = metrics.histogram({
      name: "rest_client_response_size_bytes",
      help: "Response size in bytes. Broken down by verb and host.",
      labels: ["verb", "host"],
      buckets: SIZES,
    });
  }

  /** `code` is the HTTP status, or `<error>` when no server answered. */
  attempted(code: string, method: string, verb: string, durationMs: number): void {
    this.#requests.add(1, { code, method, host: this.#host });
    this.#durations.observe(durationMs / 1000, { verb, host: this.#host });
  }

  retried(code: string, verb: string): void {
    this.#retries.add(1, { code, verb, host: this.#host });
  }

  /** A request with a body. */
  sent(verb: string, bytes: number): void {
    this.#sent.observe(bytes, { verb, host: this.#host });
  }

  /** A body that came whole, unpacked; a watch's is never whole. */
  received(verb: string, bytes: number): void {
    this.#received.observe(bytes, { verb, host: this.#host });
  }
}
