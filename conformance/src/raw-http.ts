import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

export interface RawHttpOptions {
  readonly url: string;
  readonly caPem?: string | undefined;
  readonly token?: string | undefined;
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>;
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

/** HTTP with nothing of ours between: one request, one connection. Conformance cases must not depend on the client they could test. */
export class RawHttp {
  readonly #options: RawHttpOptions;

  constructor(options: RawHttpOptions) {
    this.#options = options;
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
    const headers: Record<string, string> = { ...options.headers };
    if (body !== undefined && headers["content-type"] === undefined) headers["content-type"] = "application/json";
    if (body !== undefined) headers["content-length"] = String(Buffer.byteLength(body));
    if (token !== null && token !== undefined && headers["authorization"] === undefined) headers["authorization"] = `Bearer ${token}`;
    return new Promise((resolve, reject) => {
      const req = send(url, {
        method,
        headers,
        agent: false,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        ...(this.#options.caPem === undefined ? {} : { ca: this.#options.caPem }),
      });
      req.once("error", (error) => reject(new Error(`${method} ${path}: ${error.message}`, { cause: error })));
      req.once("response", resolve);
      req.end(body);
    });
  }
}
