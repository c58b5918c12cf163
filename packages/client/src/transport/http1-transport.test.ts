import { describe, expect, it } from "vitest";
import { SocketTransport } from "./socket-transport.ts";
import { rejection, textOf } from "../testing/bodies.ts";
import { startHttp1Server, type TestServer } from "./testing/test-server.ts";

// Over plain http, which is HTTP/1.1; through SocketTransport, which opens the sockets.
function transportTo({ url }: Pick<TestServer, "url">): SocketTransport & AsyncDisposable {
  const transport = new SocketTransport({ server: url, tls: async () => ({ rejectUnauthorized: true }) });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => transport.close() });
}

const get = (path: string, signal?: AbortSignal) => ({ method: "GET", path, headers: {}, signal });

describe("Http1Transport", () => {
  it("carries method, headers and body there, status and headers back, and keeps its connection", async () => {
    await using server = await startHttp1Server((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.writeHead(201, { "X-Seen": `${request.method} ${String(request.headers["x-test"])}` });
        response.end(Buffer.concat(chunks));
      });
    });
    await using transport = transportTo(server);
    for (let round = 0; round < 6; round += 1) {
      const answer = await transport.request({ method: "PATCH", path: "/", headers: { "x-test": "yes" }, body: Buffer.from("hällo") });
      expect(answer).toMatchObject({ status: 201, headers: { "x-seen": "PATCH yes" } });
      expect(await textOf(answer.body)).toBe("hällo");
    }
    // undici frees a connection a moment after its body has ended.
    expect(server.connections()).toBeLessThan(3);
  });

  it("gives each running request a connection", async () => {
    const waiting: (() => void)[] = [];
    await using server = await startHttp1Server((_request, response) => void waiting.push(() => response.end("done")));
    await using transport = transportTo(server);
    const answers = [1, 2, 3].map(async (i) => textOf((await transport.request(get(`/${i}`))).body));
    await expect.poll(() => waiting.length).toBe(3);
    for (const finish of waiting) finish();
    expect(await Promise.all(answers)).toEqual(["done", "done", "done"]);
  });

  it("throws when a body breaks off", async () => {
    await using server = await startHttp1Server((_request, response) => {
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    await using transport = transportTo(server);
    const answer = await transport.request(get("/"));
    expect(await rejection(textOf(answer.body))).toMatchObject({
      name: "TransportError",
      wasSent: true,
      message: expect.stringContaining("broke off"),
    });
  });

  it("says that a request whose connection broke may have arrived", async () => {
    await using server = await startHttp1Server((request) => request.destroy());
    await using transport = transportTo(server);
    expect(await rejection(transport.request(get("/")))).toMatchObject({ name: "TransportError", wasSent: true, isPermanent: false });
  });

  it("rejects with the signal's reason, before the answer and in the middle of it", async () => {
    await using server = await startHttp1Server((request, response) => {
      if (request.url === "/body") response.write("on and on");
    });
    await using transport = transportTo(server);
    const atOnce = new AbortController();
    const never = transport.request(get("/", atOnce.signal));
    atOnce.abort(new Error("not at all"));
    await expect(never).rejects.toThrow("not at all");
    const before = new AbortController();
    const answer = transport.request(get("/", before.signal));
    await expect.poll(() => server.connections()).toBe(1);
    before.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
    const midway = new AbortController();
    const { body } = await transport.request(get("/body", midway.signal));
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    const next = chunks.next();
    midway.abort(new Error("enough of that"));
    await expect(next).rejects.toThrow("enough of that");
  });

  it("closes the connection of a body that is left, even one never started", async () => {
    let open = 0;
    await using server = await startHttp1Server((_request, response) => {
      open += 1;
      response.on("close", () => {
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

  it("lets a server wait that sends faster than its answer is read, and loses nothing", async () => {
    const piece = Buffer.alloc(256 * 1024, "x");
    const pieces = 200;
    let sent = 0;
    await using server = await startHttp1Server((_request, response) => {
      const send = (): void => {
        while (sent < pieces) {
          sent += 1;
          if (!response.write(piece)) return void response.once("drain", send);
        }
        response.end();
      };
      send();
    });
    await using transport = transportTo(server);
    const { body } = await transport.request(get("/"));
    const chunks = body[Symbol.asyncIterator]();
    const first = await chunks.next();
    // What two sockets hold is sent, and then no more.
    const sentBefore: number[] = [];
    await expect.poll(() => sentBefore.push(sent) > 1 && sentBefore.at(-2) === sent, { interval: 100 }).toBe(true);
    expect(sent).toBeLessThan(pieces / 2);
    let bytes = first.value?.byteLength ?? 0;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) bytes += next.value.byteLength;
    expect(bytes).toBe(pieces * piece.byteLength);
  });

  it("rejects running requests when it is closed", async () => {
    await using server = await startHttp1Server((_request, response) => void response.write("on and on"));
    const transport = transportTo(server);
    const { body } = await transport.request(get("/"));
    const reading = rejection(textOf(body));
    await transport.close();
    expect(await reading).toMatchObject({ name: "TransportError" });
  });
});
