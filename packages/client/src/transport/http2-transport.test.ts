import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { duplexPair, type Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ManualClock } from "@operatorkit/observe/testing";
import { systemClock, type Clock } from "@operatorkit/observe";
import { describe, expect, it } from "vitest";
import { Http2Transport, type Http2TransportOptions } from "./http2-transport.ts";
import { rejection, textOf } from "../testing/bodies.ts";
import { blackHoleInFrontOf } from "./testing/black-hole.ts";
import { testCa } from "./testing/certificates.ts";
import { startHttp2Server, type TestServer } from "./testing/test-server.ts";

function transportTo(server: Pick<TestServer, "url">, options: Partial<Http2TransportOptions> = {}): Http2Transport & AsyncDisposable {
  const transport = new Http2Transport({
    server: server.url,
    clock: systemClock,
    pingIntervalMs: 30_000,
    pingTimeoutMs: 15_000,
    settingsTimeoutMs: 10_000,
    open: async () => {
      const socket = connectTls({
        host: server.url.hostname,
        port: Number(server.url.port),
        ca: testCa,
        ALPNProtocols: ["h2"],
        servername: "",
      });
      await once(socket, "secureConnect");
      return socket;
    },
    ...options,
  });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => transport.close() });
}

const get = (path: string, signal?: AbortSignal) => ({ method: "GET", path, headers: {}, signal });

describe("Http2Transport", () => {
  it("opens nothing before the first request, and one connection for many", async () => {
    await using server = await startHttp2Server((request, response) => response.end(request.url));
    await using transport = transportTo(server);
    expect(server.connections()).toBe(0);
    const answers = await Promise.all(Array.from({ length: 50 }, async (_, i) => textOf((await transport.request(get(`/${i}`))).body)));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => `/${i}`));
    expect(server.connections()).toBe(1);
  });

  it("carries method, headers and body there, status and headers back", async () => {
    await using server = await startHttp2Server((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.writeHead(201, { "content-type": "text/plain", "x-seen": `${request.method} ${String(request.headers["x-test"])}` });
        response.end(Buffer.concat(chunks));
      });
    });
    await using transport = transportTo(server);
    const answer = await transport.request({ method: "POST", path: "/a?b=c", headers: { "x-test": "yes" }, body: Buffer.from("hällo") });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ "content-type": "text/plain", "x-seen": "POST yes" });
    expect(await textOf(answer.body)).toBe("hällo");
  });

  it("opens further connections when the server's stream limit is reached, and closes them when idle", async () => {
    const waiting: (() => void)[] = [];
    await using server = await startHttp2Server((_request, response) => void waiting.push(() => response.end("done")), {
      maxConcurrentStreams: 2,
    });
    await using transport = transportTo(server);
    const running = Array.from({ length: 5 }, async (_, i) => textOf((await transport.request(get(`/${i}`))).body));
    await expect.poll(() => waiting.length).toBe(5);
    expect(transport.connections).toBe(3);
    for (const finish of waiting) finish();
    expect(await Promise.all(running)).toEqual(Array(5).fill("done"));
    await expect.poll(() => transport.connections).toBe(1);
  });

  it("makes requests wait their turn when all connections allowed are full", async () => {
    const waiting: (() => void)[] = [];
    await using server = await startHttp2Server((_request, response) => void waiting.push(() => response.end("done")), {
      maxConcurrentStreams: 1,
    });
    await using transport = transportTo(server, { maxConnections: 2 });
    const gaveUp = new AbortController();
    const first = [0, 1].map(async (i) => textOf((await transport.request(get(`/${i}`))).body));
    await expect.poll(() => waiting.length).toBe(2);
    const impatient = transport.request(get("/impatient", gaveUp.signal));
    const patient = transport.request(get("/patient")).then(async (answer) => textOf(answer.body));
    gaveUp.abort(new Error("gave up"));
    await expect(impatient).rejects.toThrow("gave up");
    for (const finish of waiting.splice(0)) finish();
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    expect(await patient).toBe("done");
    await Promise.all(first);
    expect(server.connections()).toBe(2);
  });

  it("sends a request that the server refused again, whatever its method", async () => {
    let refusals = 0;
    await using server = await startHttp2Server((request, response) => {
      if (refusals < 2) {
        refusals += 1;
        request.stream.close(7);
      } else response.end("taken");
    });
    await using transport = transportTo(server);
    const answer = await transport.request({ method: "POST", path: "/", headers: {}, body: Buffer.from("x") });
    expect(await textOf(answer.body)).toBe("taken");
    expect(refusals).toBe(2);
  });

  it("gives up on a server that refuses every time", async () => {
    await using server = await startHttp2Server((request) => request.stream.close(7));
    await using transport = transportTo(server);
    expect(await rejection(transport.request(get("/")))).toMatchObject({ name: "TransportError", wasSent: false });
  });

  it("leaves a connection that got GOAWAY to its running requests and sends new ones on another", async () => {
    const held: (() => void)[] = [];
    await using server = await startHttp2Server((request, response, connection) => {
      if (request.url !== "/held") response.end(`connection ${connection}`);
      else {
        response.write("be");
        held.push(() => response.end("gun"));
      }
    });
    await using transport = transportTo(server);
    const running = await transport.request(get("/held"));
    server.sessions[0]?.goaway(0, 2 ** 31 - 1);
    await expect.poll(async () => textOf((await transport.request(get("/new"))).body)).toBe("connection 2");
    held[0]?.();
    expect(await textOf(running.body)).toBe("begun");
  });

  it("sends what a GOAWAY left unprocessed again on a new connection, a POST too", async () => {
    let seen = 0;
    await using server = await startHttp2Server((_request, response) => {
      seen += 1;
      response.end("taken");
    });
    let opened = 0;
    await using transport = transportTo(server, {
      open: async () => {
        opened += 1;
        return opened === 1 ? goingAway({ lastStreamId: 0 }) : await openTls(server);
      },
    });
    const answer = await transport.request({ method: "POST", path: "/", headers: {}, body: Buffer.from("x") });
    expect(await textOf(answer.body)).toBe("taken");
    expect({ seen, opened }).toEqual({ seen: 1, opened: 2 });
  });

  it.each([
    ["in peace", 0],
    ["with an error", 2],
  ])("does not repeat what a GOAWAY %s may have processed", async (_title, code) => {
    let opened = 0;
    await using server = await startHttp2Server((_request, response) => response.end("taken twice"));
    await using transport = transportTo(server, {
      open: async () => {
        opened += 1;
        return opened === 1 ? goingAway({ lastStreamId: 1, code, hangUp: true }) : await openTls(server);
      },
    });
    const error = await rejection(transport.request({ method: "POST", path: "/", headers: {}, body: Buffer.from("x") }));
    expect(error).toMatchObject({ name: "TransportError", wasSent: true });
    expect(opened).toBe(1);
  });

  it("does not repeat a request that the server may have processed", async () => {
    let seen = 0;
    await using server = await startHttp2Server((request) => {
      seen += 1;
      request.stream.session?.destroy();
    });
    await using transport = transportTo(server);
    const error = await rejection(transport.request({ method: "POST", path: "/", headers: {}, body: Buffer.from("x") }));
    expect(error).toMatchObject({ name: "TransportError", wasSent: true });
    expect(seen).toBe(1);
  });

  it.each([
    ["resets the stream", (stop: { stream: () => void; session: () => void }) => stop.stream()],
    ["cuts the connection", (stop: { stream: () => void; session: () => void }) => stop.session()],
  ])("throws in the body when the server %s in the middle of it", async (_title, cut) => {
    await using server = await startHttp2Server((request, response) => {
      response.write("half");
      setTimeout(() => cut({ stream: () => request.stream.close(8), session: () => request.stream.session?.destroy() }), 20);
    });
    await using transport = transportTo(server);
    const answer = await transport.request(get("/"));
    expect(await rejection(textOf(answer.body))).toMatchObject({
      name: "TransportError",
      message: expect.stringContaining("broke off after 4 bytes"),
    });
  });

  it("throws when a body is shorter than its content-length says", async () => {
    await using server = await startHttp2Server((_request, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("half");
      setTimeout(() => response.stream.close(0), 20);
    });
    await using transport = transportTo(server);
    const answer = await transport.request(get("/"));
    expect(await rejection(textOf(answer.body))).toMatchObject({ name: "TransportError" });
  });

  it("rejects with the signal's reason before the answer, and resets the stream", async () => {
    let wasReset = false;
    await using server = await startHttp2Server((request) => {
      request.stream.on("close", () => {
        wasReset = true;
      });
    });
    await using transport = transportTo(server);
    const controller = new AbortController();
    const answer = transport.request(get("/", controller.signal));
    await expect.poll(() => server.sessions.length).toBe(1);
    controller.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
    await expect.poll(() => wasReset).toBe(true);
    expect(transport.connections).toBe(1);
  });

  it("throws the signal's reason in the middle of a body", async () => {
    await using server = await startHttp2Server((_request, response) => void response.write("on and on"));
    await using transport = transportTo(server);
    const controller = new AbortController();
    const { body } = await transport.request(get("/", controller.signal));
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    const next = chunks.next();
    controller.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });

  it("frees the stream when its body is left, even one never started", async () => {
    let open = 0;
    await using server = await startHttp2Server((request, response) => {
      open += 1;
      request.stream.on("close", () => {
        open -= 1;
      });
      response.write("on and on");
    });
    await using transport = transportTo(server);
    const started = await transport.request(get("/"));
    for await (const _chunk of started.body) break;
    const untouched = await transport.request(get("/"));
    await untouched.body[Symbol.asyncIterator]().return?.();
    await expect.poll(() => open).toBe(0);
  });

  it("takes no more from the server than is read, and lets other requests through meanwhile", async () => {
    let sent = 0;
    await using server = await startHttp2Server((request, response) => {
      if (request.url === "/other") {
        response.end("through");
        return;
      }
      const piece = Buffer.alloc(256 * 1024);
      const more = (): void => {
        while (sent < 64 * 1024 * 1024) {
          sent += piece.length;
          if (!response.write(piece)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    await using transport = transportTo(server);
    const { body } = await transport.request(get("/large"));
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    let before = -1;
    await expect.poll(() => before === (before = sent), { interval: 50 }).toBe(true);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    expect(await textOf((await transport.request(get("/other"))).body)).toBe("through");
    await chunks.return?.();
  });

  it("gives up a connection whose pings go unanswered while a request runs", async () => {
    const clock = new ManualClock();
    await using server = await startHttp2Server((_request, response) => void response.write("then silence"));
    await using proxy = await blackHoleInFrontOf(server);
    await using transport = transportTo({ url: proxy.url }, { clock });
    const { body } = await transport.request(get("/"));
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    proxy.swallow();
    const next = rejection(chunks.next());
    await clock.advance(30_000);
    await clock.advance(14_999);
    expect(transport.connections).toBe(1);
    await clock.advance(1);
    expect(await next).toMatchObject({ message: expect.stringContaining("did not answer a ping within 15 s") });
    expect(transport.connections).toBe(0);
  });

  it("does not take a process that stood still for a server that is dead", async () => {
    const time = new ManualClock();
    let stoodStillMs = 0;
    const clock: Clock = {
      now: () => time.now() + stoodStillMs,
      monotonicMs: () => time.monotonicMs() + stoodStillMs,
      setTimer: (ms, callback) => time.setTimer(ms, callback),
    };
    await using server = await startHttp2Server((_request, response) => void response.write("then silence"));
    await using proxy = await blackHoleInFrontOf(server);
    await using transport = transportTo({ url: proxy.url }, { clock });
    const chunks = (await transport.request(get("/"))).body[Symbol.asyncIterator]();
    await chunks.next();
    proxy.swallow();
    const next = rejection(chunks.next());
    await time.advance(30_000);
    stoodStillMs = 60_000;
    await time.advance(15_000);
    expect(transport.connections).toBe(1);
    // Once: it may stand still for ever.
    stoodStillMs = 120_000;
    await time.advance(15_000);
    expect(await next).toMatchObject({ message: expect.stringContaining("did not answer a ping within 15 s") });
    expect(time.pendingTimers).toBe(0);
  });

  it("keeps a silent connection whose pings are answered", async () => {
    const clock = new ManualClock();
    let pings = 0;
    await using server = await startHttp2Server(({ url }, response) => {
      if (url === "/") response.write("then silence");
      else response.end("ok");
    });
    await using transport = transportTo(server, { clock });
    const { body } = await transport.request(get("/"));
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    server.sessions[0]?.on("ping", () => {
      pings += 1;
    });
    for (let round = 1; round <= 3; round += 1) {
      await clock.advance(30_000);
      await expect.poll(() => pings).toBe(round);
      // The server answers in order: what it says of this request comes behind its answer to the ping.
      await textOf((await transport.request(get("/other"))).body);
    }
    expect(transport.connections).toBe(1);
    await chunks.return?.();
  });

  it("asks a connection that was idle for long whether it is alive, along with the next request", async () => {
    const clock = new ManualClock();
    await using server = await startHttp2Server((_request, response) => response.end("ok"));
    await using proxy = await blackHoleInFrontOf(server);
    await using transport = transportTo({ url: proxy.url }, { clock });
    await textOf((await transport.request(get("/"))).body);
    await expect.poll(() => clock.pendingTimers).toBe(0);
    proxy.swallow();
    await clock.advance(3_600_000);
    const late = rejection(transport.request(get("/")));
    await clock.advance(15_000);
    expect(await late).toMatchObject({ wasSent: true, message: expect.stringContaining("ping") });
  });

  it("gives up a dead connection even if each of its requests ends sooner than the ping's time is up", async () => {
    const clock = new ManualClock();
    await using server = await startHttp2Server((_request, response) => response.end("ok"));
    await using proxy = await blackHoleInFrontOf(server);
    await using transport = transportTo({ url: proxy.url }, { clock });
    await textOf((await transport.request(get("/"))).body);
    proxy.swallow();
    await clock.advance(30_000);
    for (let round = 0; round < 3; round += 1) {
      expect(transport.connections).toBe(1);
      const impatient = new AbortController();
      const request = rejection(transport.request(get("/", impatient.signal)));
      await clock.advance(5_000 - 1);
      impatient.abort(new Error("took too long"));
      expect(await request).toMatchObject({ message: "took too long" });
      await clock.advance(1);
    }
    await expect.poll(() => transport.connections).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves no timer behind when a ping is answered after its request has ended", async () => {
    const clock = new ManualClock();
    await using server = await startHttp2Server((_request, response) => response.end("ok"));
    await using transport = transportTo(server, { clock });
    await textOf((await transport.request(get("/"))).body);
    await clock.advance(3_600_000);
    await textOf((await transport.request(get("/"))).body);
    await expect.poll(() => clock.pendingTimers).toBe(0);
    expect(transport.connections).toBe(1);
  });

  it("fails all waiting requests when no connection can be made, and tries anew for the next", async () => {
    await using server = await startHttp2Server((_request, response) => response.end("up"));
    let isUp = false;
    await using transport = transportTo(server, {
      open: async () => {
        if (!isUp) throw new Error("down");
        const socket = connectTls({
          host: server.url.hostname,
          port: Number(server.url.port),
          ca: testCa,
          ALPNProtocols: ["h2"],
          servername: "",
        });
        await once(socket, "secureConnect");
        return socket;
      },
    });
    const errors = await Promise.all([rejection(transport.request(get("/1"))), rejection(transport.request(get("/2")))]);
    expect(errors).toEqual([new Error("down"), new Error("down")]);
    isUp = true;
    expect(await textOf((await transport.request(get("/3"))).body)).toBe("up");
  });

  it("keeps the process alive while a request runs, and not when it is idle", async () => {
    await expect.poll(activeSockets).toBe(0);
    const answering = Promise.withResolvers<() => void>();
    await using server = await startHttp2Server((_request, response) => {
      response.write("half");
      answering.resolve(() => response.end("done"));
    });
    await using transport = transportTo(server);
    const { body } = await transport.request(get("/"));
    // The server's end of the connection counts too.
    expect(activeSockets()).toBe(2);
    (await answering.promise)();
    await textOf(body);
    await expect.poll(activeSockets).toBe(1);
    expect(transport.connections).toBe(1);
  });

  it("rejects running requests when it is closed, and takes no more", async () => {
    await using server = await startHttp2Server((_request, response) => void response.write("on and on"));
    const transport = transportTo(server);
    const { body } = await transport.request(get("/"));
    const reading = rejection(textOf(body));
    await transport.close();
    expect(await reading).toMatchObject({ message: expect.stringContaining("the client was closed") });
    await expect(transport.request(get("/"))).rejects.toThrow("the client is closed");
  });

  it("gives up on a peer that accepts and says nothing", async () => {
    const clock = new ManualClock();
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const { connect } = await import("node:net");
    await using transport = transportTo(
      { url: new URL(`http://127.0.0.1:${port}`) },
      {
        clock,
        open: async () => {
          const socket = connect(port, "127.0.0.1");
          await once(socket, "connect");
          return socket;
        },
      },
    );
    const answer = rejection(transport.request(get("/")));
    await expect.poll(() => clock.pendingTimers).toBe(1);
    await clock.advance(10_000);
    expect(await answer).toMatchObject({ wasSent: false, message: "no HTTP/2 greeting within 10 s" });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

/** Those that keep the process alive. */
function activeSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
}

async function openTls({ url }: Pick<TestServer, "url">): Promise<TLSSocket> {
  const socket = connectTls({ host: url.hostname, port: Number(url.port), ca: testCa, ALPNProtocols: ["h2"], servername: "" });
  await once(socket, "secureConnect");
  return socket;
}

/** A server by hand, because Node's never understates its last stream: it greets, and answers the first request by GOAWAY. */
function goingAway({ lastStreamId, code = 0, hangUp = false }: { lastStreamId: number; code?: number; hangUp?: boolean }): Duplex {
  const [near, far] = duplexPair();
  far.on("error", () => {});
  far.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  let isSaid = false;
  let seen = Buffer.alloc(0);
  far.on("data", (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
    if (isSaid || !hasHeadersFrame(seen.subarray(24))) return;
    isSaid = true;
    far.write(Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, lastStreamId, 0, 0, 0, code]));
    if (hangUp) far.end();
  });
  return near;
}

function hasHeadersFrame(frames: Buffer): boolean {
  for (let at = 0; at + 9 <= frames.length; at += 9 + frames.readUIntBE(at, 3)) if (frames[at + 3] === 1) return true;
  return false;
}
