import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import type { TlsSettings } from "../config/cluster-config.ts";
import { SocketTransport, type SocketTransportOptions } from "./socket-transport.ts";
import { rejection, textOf } from "../testing/bodies.ts";
import { testCa, testClientCertificate, testClientKey, testServerCertificate } from "./testing/certificates.ts";
import { startHttp1Server, startHttp2Server } from "./testing/test-server.ts";

const trusting: TlsSettings = { ca: testCa, rejectUnauthorized: true };

function transportTo(
  server: URL,
  settings: TlsSettings = trusting,
  options: Partial<SocketTransportOptions> = {},
): SocketTransport & AsyncDisposable {
  const transport = new SocketTransport({ server, tls: async () => settings, ...options });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => transport.close() });
}

const get = (path: string, signal?: AbortSignal) => ({ method: "GET", path, headers: {}, signal });

describe("SocketTransport", () => {
  it("speaks HTTP/2 where the server does", async () => {
    await using server = await startHttp2Server((request, response) => response.end(request.httpVersion));
    await using transport = transportTo(server.url);
    expect(await textOf((await transport.request(get("/"))).body)).toBe("2.0");
    expect(transport.protocol).toBe("h2");
  });

  it("falls back to HTTP/1.1 where the server's ALPN says so, and stays there", async () => {
    await using server = await startHttp1Server((request, response) => response.end(request.httpVersion), { tls: true });
    await using transport = transportTo(server.url);
    expect(await textOf((await transport.request(get("/"))).body)).toBe("1.1");
    expect(await textOf((await transport.request(get("/"))).body)).toBe("1.1");
    expect(transport.protocol).toBe("http/1.1");
  });

  it("speaks HTTP/1.1 to an http:// server", async () => {
    await using server = await startHttp1Server((request, response) => response.end(request.url));
    await using transport = transportTo(server.url);
    expect(await textOf((await transport.request(get("/api?x=1"))).body)).toBe("/api?x=1");
  });

  it("puts the server URL's own path before the request's", async () => {
    await using server = await startHttp1Server((request, response) => response.end(request.url));
    await using transport = transportTo(new URL("/k8s/clusters/c-1/", server.url));
    expect(await textOf((await transport.request(get("/version"))).body)).toBe("/k8s/clusters/c-1/version");
  });

  it("shows the client certificate to a server that wants one", async () => {
    await using server = await startHttp2Server((_request, response) => response.end("in"), { requireClientCertificate: true });
    await using known = transportTo(server.url, { ...trusting, cert: testClientCertificate, key: testClientKey });
    expect(await textOf((await known.request(get("/"))).body)).toBe("in");
    await using unknown = transportTo(server.url);
    expect(await rejection(unknown.request(get("/")))).toMatchObject({
      isPermanent: true,
      wasSent: false,
      message: expect.stringContaining("check the client certificate"),
    });
  });

  it("asks for certificates at each new connection, so that a rotated CA is taken up", async () => {
    await using server = await startHttp2Server((_request, response) => response.end("in"));
    // A certificate that signed nothing stands for the CA before the rotation.
    let ca = testClientCertificate;
    await using transport = transportTo(server.url, trusting, { tls: async () => ({ ca, rejectUnauthorized: true }) });
    expect(await rejection(transport.request(get("/")))).toMatchObject({ isPermanent: true });
    ca = testCa;
    expect(await textOf((await transport.request(get("/"))).body)).toBe("in");
  });

  it("refuses a server signed by an unknown CA, and says which setting would help", async () => {
    await using server = await startHttp2Server((_request, response) => response.end("in"));
    await using transport = transportTo(server.url, { rejectUnauthorized: true });
    expect(await rejection(transport.request(get("/")))).toMatchObject({
      wasSent: false,
      isPermanent: true,
      message: expect.stringContaining("give that CA (certificate-authority in the kubeconfig, caPem in the options)"),
    });
    await using careless = transportTo(server.url, { rejectUnauthorized: false });
    expect((await careless.request(get("/"))).status).toBe(200);
  });

  it("refuses a certificate for other names unless told which name to expect", async () => {
    await using server = await startHttp2Server((_request, response) => response.end("in"));
    await using other = transportTo(server.url, { ...trusting, servername: "elsewhere.test" });
    expect(await rejection(other.request(get("/")))).toMatchObject({ message: expect.stringContaining("DNS:kubernetes.test") });
    await using named = transportTo(server.url, { ...trusting, servername: "kubernetes.test" });
    expect(await textOf((await named.request(get("/"))).body)).toBe("in");
  });

  it("says that an https:// address leads to a server without TLS", async () => {
    await using server = await startHttp1Server((_request, response) => response.end());
    const url = new URL(server.url.href.replace("http:", "https:"));
    await using transport = transportTo(url);
    expect(await rejection(transport.request(get("/")))).toMatchObject({ wasSent: false, message: expect.stringMatching(/TLS/) });
  });

  it("says that nothing listens, and that a certificate cannot be used", async () => {
    await using nobody = transportTo(await freeUrl());
    expect(await rejection(nobody.request(get("/")))).toMatchObject({
      wasSent: false,
      isPermanent: false,
      message: expect.stringContaining("nothing listens at 127.0.0.1:"),
    });
    await using server = await startHttp2Server((_request, response) => response.end());
    await using broken = transportTo(server.url, { ...trusting, cert: testServerCertificate, key: testClientKey });
    expect(await rejection(broken.request(get("/")))).toMatchObject({
      isPermanent: true,
      message: expect.stringContaining("no TLS connection"),
    });
  });

  it("gives up a TLS handshake that is not answered", async () => {
    const clock = new ManualClock();
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    await using transport = transportTo(new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`), trusting, { clock });
    const answer = rejection(transport.request(get("/")));
    await expect.poll(() => clock.pendingTimers).toBe(1);
    await clock.advance(10_000);
    expect(await answer).toMatchObject({ wasSent: false, message: expect.stringContaining("no TLS connection to 127.0.0.1:") });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it("stops connecting when it is closed", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const transport = transportTo(new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`));
    const answer = rejection(transport.request(get("/")));
    await expect.poll(() => sockets.length).toBe(1);
    await transport.close();
    expect(await answer).toMatchObject({ message: expect.stringMatching(/the client (is|was) closed/) });
    await expect(transport.request(get("/"))).rejects.toThrow("the client is closed");
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

/** A port that was free a moment ago. */
async function freeUrl(): Promise<URL> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return new URL(`https://127.0.0.1:${port}`);
}
