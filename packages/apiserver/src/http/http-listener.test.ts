import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as SecureAgent, request as httpsRequest } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { once } from "node:events";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Handler, ServerRequest } from "../handler.ts";
import { CertificateAuthority, type CertificateAndKey } from "../tls/certificate-authority.ts";
import { HttpListener, type HttpListenerOptions } from "./http-listener.ts";

const encoder = new TextEncoder();

let authority: CertificateAuthority;
let certificate: CertificateAndKey;
const listeners: HttpListener[] = [];

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  certificate = await authority.issueServer(["localhost", "127.0.0.1", "::1"]);
});

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close({ graceMs: 50 })));
});

async function listen(handler: Handler, options: Partial<HttpListenerOptions> = {}): Promise<HttpListener> {
  const listener = await HttpListener.listen({ handler, ...options });
  listeners.push(listener);
  return listener;
}

/** Answers what it was asked. */
const echo: Handler = async ({ method, path, headers, body }) =>
  answer(200, JSON.stringify({ method, path, headers, body: body && Buffer.from(body).toString() }));

function answer(status: number, text: string): Awaited<ReturnType<Handler>> {
  const bytes = encoder.encode(text);
  return {
    status,
    headers: { "content-type": "application/json", "content-length": String(bytes.byteLength) },
    body: (async function* () {
      yield bytes;
    })(),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

async function ask(
  listener: HttpListener,
  path: string,
  { body, ...options }: RequestOptions & { body?: string | Buffer } = {},
): Promise<Answer> {
  const secure = listener.url.startsWith("https");
  const request = (secure ? httpsRequest : httpRequest)(`${listener.url}${path}`, {
    agent: false,
    ...(secure && { ca: authority.cert }),
    ...options,
  });
  request.on("error", () => {});
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return await read(response);
}

async function read(response: IncomingMessage): Promise<Answer> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

async function askHttp2(session: ClientHttp2Session, headers: Record<string, string>, body?: string): Promise<Answer> {
  const stream = session.request(headers);
  stream.end(body);
  const [responseHeaders] = (await once(stream, "response")) as [IncomingMessage["headers"]];
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return { status: Number(responseHeaders[":status"]), headers: responseHeaders, text };
}

function openHttp2(listener: HttpListener, options: { cert?: string; key?: string } = {}): ClientHttp2Session {
  const session = connectHttp2(listener.url, { ca: authority.cert, ...options });
  session.on("error", () => {});
  return session;
}

/** A watch that says "hello" and then nothing until its signal aborts. */
function silentWatch(): { readonly handler: Handler; readonly ended: Promise<string> } {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const handler: Handler = async ({ signal }) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: (async function* () {
      try {
        yield encoder.encode("hello\n");
        await new Promise<void>((stop) => signal?.addEventListener("abort", () => stop(), { once: true }));
      } finally {
        resolve(String((signal?.reason as Error | undefined)?.message));
      }
    })(),
  });
  return { handler, ended };
}

async function openWatch(listener: HttpListener): Promise<IncomingMessage> {
  const secure = listener.url.startsWith("https");
  const agent = secure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const request = (secure ? httpsRequest : httpRequest)(`${listener.url}/watch`, { agent, ...(secure && { ca: authority.cert }) });
  request.on("error", () => {});
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => {});
  return response;
}

/** Something a client holds open, and how it ends. */
async function rawConnection(listener: HttpListener, send: string): Promise<Socket> {
  const socket = connectTcp(listener.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(send);
  if (send !== "") await once(socket, "data");
  return socket;
}

const breaksHalfWay: Handler = async () => ({
  status: 200,
  headers: {},
  body: (async function* () {
    yield encoder.encode("half");
    throw new Error("broken");
  })(),
});

describe("requests", () => {
  it("hands the method, the path as sent, lower-case headers and the body to the handler", async () => {
    const listener = await listen(echo);
    const { status, headers, text } = await ask(listener, "/api/v1/pods?limit=5&labelSelector=a%3Db", {
      method: "POST",
      headers: { "X-Thing": "Yes" },
      body: "{}",
    });
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(text)).toMatchObject({
      method: "POST",
      path: "/api/v1/pods?limit=5&labelSelector=a%3Db",
      body: "{}",
      headers: { "x-thing": "Yes", host: `127.0.0.1:${listener.port}` },
    });
  });

  it("speaks HTTPS with HTTP/2 and HTTP/1.1 on one port", async () => {
    const listener = await listen(echo, { tls: certificate });
    expect(listener.url).toBe(`https://127.0.0.1:${listener.port}`);
    const plain = await ask(listener, "/one", { method: "PUT", body: "1" });
    expect(JSON.parse(plain.text)).toMatchObject({ method: "PUT", path: "/one", body: "1" });
    const session = openHttp2(listener);
    const second = await askHttp2(session, { ":path": "/two", ":method": "PATCH" }, "2");
    expect(second.status).toBe(200);
    expect(JSON.parse(second.text)).toMatchObject({
      method: "PATCH",
      path: "/two",
      body: "2",
      headers: { host: `127.0.0.1:${listener.port}` },
    });
    session.close();
  });

  it("allows 250 requests at a time on an HTTP/2 connection", async () => {
    const session = openHttp2(await listen(echo, { tls: certificate }));
    await once(session, "remoteSettings");
    expect(session.remoteSettings.maxConcurrentStreams).toBe(250);
    session.close();
  });

  it("takes a target that names the host, and refuses one that is no path", async () => {
    const listener = await listen(echo);
    const absolute = await ask(listener, "", { path: `http://example.com/api/v1/pods?limit=1` });
    expect(JSON.parse(absolute.text)).toMatchObject({ path: "/api/v1/pods?limit=1" });
    const star = await ask(listener, "", { method: "OPTIONS", path: "*" });
    expect(star.status).toBe(400);
    expect(JSON.parse(star.text)).toMatchObject({ reason: "BadRequest", message: "the request target must be a path" });
  });

  it.each(["garbage\r\n\r\n", "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", "\u0016\u0003\u0001 a TLS hello"])(
    "answers 400 to what is no HTTP, and closes: %j",
    async (bytes) => {
      const handler = vi.fn(echo);
      const listener = await listen(handler);
      const socket = connectTcp(listener.port, "127.0.0.1");
      let text = "";
      socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      socket.write(bytes);
      await once(socket, "close");
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(handler).not.toHaveBeenCalled();
    },
  );

  it("gives no body to a handler when none was sent", async () => {
    const seen: ServerRequest[] = [];
    const listener = await listen(async (request) => {
      seen.push(request);
      return answer(200, "{}");
    });
    await ask(listener, "/");
    expect(seen[0]?.body).toBeUndefined();
    expect(seen[0]?.peer).toEqual({ address: "127.0.0.1" });
    expect(seen[0]?.user).toBeUndefined();
  });

  it("answers 500 with a Status when the handler rejects", async () => {
    const error = vi.fn();
    const logger = { debug() {}, info() {}, warn() {}, error, with: () => logger };
    const listener = await listen(() => Promise.reject(new Error("no such luck")), { logger });
    const { status, text } = await ask(listener, "/");
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({
      kind: "Status",
      reason: "InternalError",
      message: "Internal error occurred: no such luck",
      code: 500,
    });
    expect(error).toHaveBeenCalledOnce();
  });

  it("cuts the connection when an answer breaks half-way, so that nobody takes it for whole", async () => {
    const plain = await openWatch(await listen(breaksHalfWay));
    await expect(read(plain)).rejects.toThrow("aborted");
    const session = openHttp2(await listen(breaksHalfWay, { tls: certificate }));
    await expect(askHttp2(session, { ":path": "/" })).rejects.toThrow("NGHTTP2_INTERNAL_ERROR");
    session.close();
  });

  it("takes a verified client certificate as identity, and ignores one of another authority", async () => {
    const peers: ServerRequest["peer"][] = [];
    const listener = await listen(
      async ({ peer }) => {
        peers.push(peer);
        return answer(200, "{}");
      },
      { tls: { ...certificate, clientCa: authority.cert } },
    );
    const jane = await authority.issueClient("jane", ["admins", "devs"]);
    const stranger = await (await CertificateAuthority.create()).issueClient("jane", ["admins"]);
    for (const identity of [jane, stranger, {}]) {
      const session = openHttp2(listener, identity);
      await askHttp2(session, { ":path": "/" });
      session.close();
    }
    await ask(listener, "/", jane as RequestOptions);
    const certified = { address: "127.0.0.1", certificate: { commonName: "jane", organizations: ["admins", "devs"] } };
    expect(peers).toEqual([certified, { address: "127.0.0.1" }, { address: "127.0.0.1" }, certified]);
  });
});

describe("streams", () => {
  it.each(["http", "https"])("sends the head of a watch before its first event, and each event as it comes (%s)", async (scheme) => {
    const events = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const handler: Handler = async () => ({
      status: 200,
      headers: { "content-type": "application/json" },
      body: (async function* () {
        for (const event of events) yield encoder.encode(await event.promise);
      })(),
    });
    const response = await openWatch(await listen(handler, scheme === "https" ? { tls: certificate } : {}));
    expect(response.statusCode).toBe(200);
    response.setEncoding("utf8");
    const end = once(response, "end");
    events[0]?.resolve("one");
    expect(await once(response, "data")).toEqual(["one"]);
    events[1]?.resolve("two");
    expect(await once(response, "data")).toEqual(["two"]);
    await end;
  });

  it.each(["http", "https"])("aborts the handler's signal when the client goes away (%s)", async (scheme) => {
    const watch = silentWatch();
    const response = await openWatch(await listen(watch.handler, scheme === "https" ? { tls: certificate } : {}));
    response.destroy();
    expect(await watch.ended).toBe("GET /watch: the client went away");
  });

  it("aborts only the stream that an HTTP/2 client resets, and keeps the connection", async () => {
    const watch = silentWatch();
    const listener = await listen((request) => (request.path === "/watch" ? watch.handler(request) : echo(request)), { tls: certificate });
    const session = openHttp2(listener);
    const stream: ClientHttp2Stream = session.request({ ":path": "/watch" });
    await once(stream, "response");
    stream.on("error", () => {});
    stream.close(8);
    expect(await watch.ended).toBe("GET /watch: the client went away");
    expect((await askHttp2(session, { ":path": "/" })).status).toBe(200);
    session.close();
  });

  it.each(["http", "https"])("asks for the next piece only when the client reads (%s)", async (scheme) => {
    let pieces = 0;
    const handler: Handler = async ({ signal }) => ({
      status: 200,
      headers: {},
      body: (async function* () {
        for (;;) {
          if (signal?.aborted) return;
          pieces += 1;
          yield new Uint8Array(64 * 1024);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })(),
    });
    const response = await openWatch(await listen(handler, scheme === "https" ? { tls: certificate } : {}));
    let before = -1;
    // Until the kernel's buffers are full and nothing moves any more.
    while (before !== pieces) {
      before = pieces;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(pieces * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
    response.resume();
    await vi.waitFor(() => expect(pieces).toBeGreaterThan(before + 20), { timeout: 20_000 });
    response.destroy();
  });

  it("serves many large answers at a time on one HTTP/2 connection", async () => {
    const size = 2 * 1024 * 1024;
    const listener = await listen(async () => answer(200, "x".repeat(size)), { tls: certificate, limits: { stalledMs: 5_000 } });
    const session = openHttp2(listener);
    const answers = await Promise.all(Array.from({ length: 12 }, () => askHttp2(session, { ":path": "/" })));
    expect(answers.map(({ text }) => text.length)).toEqual(answers.map(() => size));
    session.close();
  });

  it("cuts a client that reads nothing for too long", async () => {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const handler: Handler = async () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        try {
          for (;;) yield new Uint8Array(1024 * 1024);
        } finally {
          resolve();
        }
      })(),
    });
    const response = await openWatch(await listen(handler, { limits: { stalledMs: 50 } }));
    expect(await ended).toBeUndefined();
    // A client that does not read does not notice either.
    response.destroy();
  });

  it("returns the body of an answer whose client left before it was ready", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: returned, resolve } = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const listener = await listen(async () => {
      started.resolve();
      await gate;
      const body = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: true as const, value: undefined }),
          return: async () => (resolve(), { done: true as const, value: undefined }),
        }),
      };
      return { status: 200, headers: {}, body };
    });
    const request = httpRequest(`${listener.url}/`, { agent: false });
    request.on("error", () => {});
    request.end();
    await started.promise;
    request.destroy();
    await new Promise((later) => setTimeout(later, 50));
    open();
    expect(await returned).toBeUndefined();
  });
});

describe("bounds", () => {
  it.each([
    ["http", "announced"],
    ["http", "chunked"],
    ["https", "announced"],
    ["https", "chunked"],
  ])("answers 413 to a body over the limit (%s, %s)", async (scheme, how) => {
    const handler = vi.fn(echo);
    const listener = await listen(handler, { limits: { maxBodyBytes: 1000 }, ...(scheme === "https" && { tls: certificate }) });
    const headers = how === "announced" ? { "content-length": "200000" } : { "transfer-encoding": "chunked" };
    const { status, text } = await ask(listener, "/", { method: "POST", headers, body: Buffer.alloc(200_000) });
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({
      status: "Failure",
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 1000",
      code: 413,
    });
    expect(handler).not.toHaveBeenCalled();
    expect((await ask(listener, "/", { method: "POST", body: Buffer.alloc(1000) })).status).toBe(200);
  });

  it("answers 413 on HTTP/2 and keeps the connection", async () => {
    const session = openHttp2(await listen(echo, { limits: { maxBodyBytes: 1000 }, tls: certificate }));
    expect((await askHttp2(session, { ":path": "/", ":method": "POST" }, "x".repeat(5000))).status).toBe(413);
    expect((await askHttp2(session, { ":path": "/", ":method": "POST" }, "x")).status).toBe(200);
    session.close();
  });

  it("answers 414 to a URL over the limit", async () => {
    const listener = await listen(echo, { limits: { maxUrlBytes: 100 } });
    const { status, text } = await ask(listener, `/${"a".repeat(100)}`);
    expect(status).toBe(414);
    expect(JSON.parse(text)).toMatchObject({ reason: "RequestURITooLong" });
  });

  it("answers 431 to headers over the limit", async () => {
    const listener = await listen(echo, { limits: { maxHeaderBytes: 2000 } });
    expect((await ask(listener, "/", { headers: { big: "x".repeat(3000) } })).status).toBe(431);
  });

  it("answers 408 to a body that does not arrive in time", async () => {
    const listener = await listen(echo, { limits: { bodyTimeoutMs: 30 } });
    const request = httpRequest(`${listener.url}/`, { agent: false, method: "POST", headers: { "content-length": "10" } });
    request.on("error", () => {});
    request.write("half");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect((await read(response)).status).toBe(408);
    request.destroy();
  });

  it.each([{ maxBodyBytes: 0 }, { maxConcurrentStreams: 1.5 }, { stalledMs: Number.NaN }])(
    "refuses a bound that is none: %j",
    async (limits) => {
      await expect(HttpListener.listen({ handler: echo, limits })).rejects.toThrow(
        `limits.${Object.keys(limits)[0]}: ${Object.values(limits)[0]} must be a whole number, 1 or more`,
      );
    },
  );
});

describe("listening", () => {
  it("says which port is in use and what to do", async () => {
    const first = await listen(echo);
    await expect(HttpListener.listen({ handler: echo, port: first.port })).rejects.toMatchObject({
      name: "ListenError",
      code: "PortInUse",
      port: first.port,
      message: `listen on 127.0.0.1:${first.port}: the port is in use; end the process that has it, or choose another port (0 takes any free one)`,
    });
  });

  it("refuses an address this machine does not have, and a port that is none", async () => {
    await expect(HttpListener.listen({ handler: echo, host: "192.0.2.77" })).rejects.toMatchObject({ code: "HostNotAvailable" });
    await expect(HttpListener.listen({ handler: echo, port: 70_000 })).rejects.toThrow(
      "HttpListener: port: 70000 must be a whole number, 0 or more, 65535 or less",
    );
  });

  it("listens on IPv6 loopback with a URL that works", async () => {
    const listener = await listen(echo, { host: "::1", tls: certificate });
    expect(listener.url).toBe(`https://[::1]:${listener.port}`);
    expect((await ask(listener, "/")).status).toBe(200);
  });
});

describe("close", () => {
  it.each(["http", "https"])("frees the port at once although clients keep connections open (%s)", async (scheme) => {
    const listener = await HttpListener.listen({ handler: echo, ...(scheme === "https" && { tls: certificate }) });
    const agent = scheme === "https" ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    await ask(listener, "/", { agent });
    const sockets =
      scheme === "http" ? [await rawConnection(listener, "GET / HTTP/1.1\r\nhost: a\r\n\r\n"), await rawConnection(listener, "")] : [];
    const started = performance.now();
    await listener.close();
    expect(performance.now() - started).toBeLessThan(400);
    const again = await HttpListener.listen({ handler: echo, port: listener.port });
    await again.close();
    agent.destroy();
    for (const socket of sockets) socket.destroy();
  });

  it("frees the port although a client never finishes its TLS handshake", async () => {
    const listener = await HttpListener.listen({ handler: echo, tls: certificate });
    const socket = await rawConnection(listener, "");
    const started = performance.now();
    await listener.close({ graceMs: 100 });
    expect(performance.now() - started).toBeLessThan(800);
    socket.destroy();
  });

  it.each(["http", "https"])("ends open watches in good order (%s)", async (scheme) => {
    const watch = silentWatch();
    const listener = await listen(watch.handler, scheme === "https" ? { tls: certificate } : {});
    const response = await openWatch(listener);
    const text = read(response);
    const started = performance.now();
    await listener.close();
    expect(performance.now() - started).toBeLessThan(400);
    expect((await text).text).toBe("hello\n");
    expect(await watch.ended).toBe("the server is stopping");
  });

  it("says GOAWAY to HTTP/2 clients, ends their watches and lets their requests finish", async () => {
    const watch = silentWatch();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let arrived = 0;
    const listener = await listen(
      async (request) => {
        arrived += 1;
        if (request.path === "/watch") return await watch.handler(request);
        await gate;
        return await echo(request);
      },
      { tls: certificate },
    );
    const session = openHttp2(listener);
    const goaway = once(session, "goaway");
    const watching = askHttp2(session, { ":path": "/watch" });
    const slow = askHttp2(session, { ":path": "/slow" });
    await expect.poll(() => arrived).toBe(2);
    const closing = listener.close({ graceMs: 2000 });
    await goaway;
    expect((await watching).text).toBe("hello\n");
    open();
    expect((await slow).status).toBe(200);
    await closing;
  });

  it("cuts requests that take longer than the grace", async () => {
    const listener = await listen(() => new Promise(() => {}));
    const response = ask(listener, "/");
    void response.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 30));
    const started = performance.now();
    await listener.close({ graceMs: 50 });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("may be called twice, and by `await using`", async () => {
    const listener = await listen(echo);
    const all = Promise.all([listener.close(), listener.close(), listener[Symbol.asyncDispose]()]);
    await expect(all).resolves.toHaveLength(3);
  });
});
