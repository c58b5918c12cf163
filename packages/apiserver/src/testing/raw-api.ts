import type { TransportResponse } from "@operatorkit/api";
import { ApiServer, type ApiServerOptions } from "../api-server.ts";
import type { JsonObject } from "../json-object.ts";

/** An answer, read to its end. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed text, loosely typed: tests look where they like. */
  readonly json: RawJson;
}

/** JSON whose every property may be asked for. */
export interface RawJson {
  readonly [key: string]: RawJson;
}

export interface RawOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export const PATCHES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

/** A server without a socket, and raw requests to it. */
export class RawApi implements AsyncDisposable {
  readonly server: ApiServer;

  private constructor(server: ApiServer) {
    this.server = server;
  }

  static async start(options: Omit<ApiServerOptions, "inProcess"> = {}): Promise<RawApi> {
    return new RawApi(await ApiServer.start({ ...options, inProcess: true }));
  }

  async send(method: string, path: string, body?: unknown, { headers = {}, signal }: RawOptions = {}): Promise<TransportResponse> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return await this.server.transport().request({
      method,
      path,
      headers: { "user-agent": "test/1", ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: new TextEncoder().encode(text) }),
      ...(signal !== undefined && { signal }),
    });
  }

  async request(method: string, path: string, body?: unknown, options?: RawOptions): Promise<RawAnswer> {
    const { status, headers, body: chunks } = await this.send(method, path, body, options);
    const text = await textOf(chunks);
    const isJson = headers["content-type"] === "application/json" && !text.trim().includes("}\n{");
    return { status, headers, text, json: (isJson ? JSON.parse(text) : {}) as RawJson };
  }

  get(path: string, options?: RawOptions): Promise<RawAnswer> {
    return this.request("GET", path, undefined, options);
  }

  post(path: string, body: unknown, options?: RawOptions): Promise<RawAnswer> {
    return this.request("POST", path, body, options);
  }

  put(path: string, body: unknown, options?: RawOptions): Promise<RawAnswer> {
    return this.request("PUT", path, body, options);
  }

  patch(type: keyof typeof PATCHES, path: string, body: unknown): Promise<RawAnswer> {
    return this.request("PATCH", path, body, { headers: { "content-type": PATCHES[type] } });
  }

  delete(path: string, body?: unknown): Promise<RawAnswer> {
    return this.request("DELETE", path, body);
  }

  /** The events of a watch that ends by itself. */
  async watch(path: string): Promise<readonly RawJson[]> {
    const { body } = await this.send("GET", path);
    return eventsOf(await textOf(body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

export function eventsOf(text: string): readonly RawJson[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RawJson);
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text;
}

/** A CRD with a status and a number, for tests that need a custom kind. */
export function widgetCrd(spec: JsonObject = {}, version: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: { type: "object", properties: { size: { type: "integer", minimum: 1 }, color: { type: "string", default: "red" } } },
                status: { type: "object", properties: { ready: { type: "integer" } } },
              },
            },
          },
          ...version,
        },
      ],
      ...spec,
    },
  };
}
