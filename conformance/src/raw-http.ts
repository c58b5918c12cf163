import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface RawHttpOptions {
  readonly url: string;
  readonly caPem?: string | undefined;
  readonly token?: string | undefined;
}

export interface RawRequest {
  /** A list is sent as a header for each value. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON; text is sent as it is, with the content type you set. */
  readonly body?: unknown;
  /** @default the target's admin; `null` sends no credentials */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** The body parsed as JSON; throws when it is not JSON. */
  readonly json: JsonBody;
}

/** A decoded body. Cases look into bodies of many shapes and assert on what they find, so its properties are not typed. */
// oxlint-disable-next-line typescript/no-explicit-any -- a case's assertions are the check; types of each body would be a second one
export type JsonBody = any;

const RESPONSE_TIMEOUT_MS = 30_000;

/**
 * HTTP with nothing of ours between: conformance cases must not depend on the client they could test. Connections are used again, since
 * a handshake costs more than most requests; idle ones do not keep the process alive.
 */
export class RawHttp {
  readonly #options: RawHttpOptions;
  readonly #agent: HttpAgent;

  constructor(options: RawHttpOptions) {
    this.#options = options;
    this.#agent = options.url.startsWith("https:") ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  async request(method: string, path: string, options: RawRequest = {}): Promise<RawResponse> {
    const signal = AbortSignal.any([AbortSignal.timeout(RESPONSE_TIMEOUT_MS), ...(options.signal === undefined ? [] : [options.signal])]);
    const response = await this.open(method, path, { ...options, signal });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text,
      get json(): JsonBody {
        try {
          return JSON.parse(text);
        } catch {
          throw new Error(`${method} ${path} answered ${response.statusCode} with no JSON: ${text.slice(0, 300)}`);
        }
      },
    };
  }

  /** Sends the request and resolves with the head of the response; the caller reads or destroys the rest. */
  open(method: string, path: string, options: RawRequest): Promise<IncomingMessage> {
    const url = new URL(this.#options.url + path);
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const token = options.token === undefined ? this.#options.token : options.token;
    const body =
      options.body === undefined || typeof options.body === "string" || options.body instanceof Uint8Array
        ? options.body
        : JSON.stringify(options.body);
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = typeof value === "string" ? value : [...value];
    if (body !== undefined && headers["content-type"] === undefined) headers["content-type"] = "application/json";
    if (body !== undefined) headers["content-length"] = String(Buffer.byteLength(body));
    if (token !== null && token !== undefined && headers["authorization"] === undefined) headers["authorization"] = `Bearer ${token}`;
    const attempt = (agent: HttpAgent | false): ClientRequest =>
      send(url, {
        method,
        headers,
        agent,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        ...(this.#options.caPem === undefined ? {} : { ca: this.#options.caPem }),
      });
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new Error(`${method} ${path}: ${error.message}`, { cause: error }));
      const first = attempt(this.#agent);
      first.once("response", resolve);
      first.once("error", (error) => {
        // The server may close an idle connection at the moment we use it again: the request was not looked at.
        if (!first.reusedSocket || options.signal?.aborted === true) return fail(error);
        const second = attempt(false);
        second.once("response", resolve);
        second.once("error", fail);
        second.end(body);
      });
      first.end(body);
    });
  }
}
