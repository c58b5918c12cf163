import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { inspect } from "node:util";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { connect } from "../connect.ts";
import { rejection, textOf } from "../testing/bodies.ts";
import { SocketTransport } from "./socket-transport.ts";
import { testCa } from "./testing/certificates.ts";
import { startHttpProxy, startSocksProxy } from "./testing/test-proxies.ts";
import { startHttp1Server, startHttp2Server } from "./testing/test-server.ts";

const get = (path: string) => ({ method: "GET", path, headers: {} });

/** A transport to a name that only the proxy knows. */
function through(proxyUrl: string, port: string, { ca = testCa, scheme = "https" }: { ca?: string; scheme?: string } = {}) {
  const transport = new SocketTransport({
    server: new URL(`${scheme}://kubernetes.test:${port}`),
    tls: async () => ({ rejectUnauthorized: true, ...(ca === "" ? {} : { ca }) }),
    proxyUrl,
  });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => transport.close() });
}

describe("a proxy", () => {
  it.each([
    ["http://", () => startHttpProxy(), (port: number) => `http://127.0.0.1:${port}`, ""],
    ["https://", () => startHttpProxy({ tls: true }), (port: number) => `https://localhost:${port}`, ""],
    ["http:// with a password", () => startHttpProxy(), (port: number) => `http://me:p%40ss@127.0.0.1:${port}`, "me:p@ss@"],
    ["socks5://", () => startSocksProxy(), (port: number) => `socks5://127.0.0.1:${port}`, ""],
    ["socks5h://", () => startSocksProxy(), (port: number) => `socks5h://127.0.0.1:${port}`, ""],
    [
      "socks5:// with a password",
      () => startSocksProxy({ password: true }),
      (port: number) => `socks5://me:p%40ss@127.0.0.1:${port}`,
      "me:p@ss@",
    ],
  ])("%s gives a tunnel for HTTP/2, one for all requests, to a name that only it looks up", async (_title, start, url, user) => {
    await using server = await startHttp2Server((request, response) => response.end(`${request.httpVersion} ${request.url}`));
    await using proxy = await start();
    await using transport = through(url(proxy.port), server.url.port);
    expect(await textOf((await transport.request(get("/api"))).body)).toBe("2.0 /api");
    expect(await textOf((await transport.request(get("/apis"))).body)).toBe("2.0 /apis");
    expect(proxy.asked).toEqual([`${user}kubernetes.test:${server.url.port}`]);
  });

  it.each([
    ["http://", () => startHttpProxy(), "http"],
    ["socks5://", () => startSocksProxy(), "socks5"],
  ])("%s leads to servers of HTTP/1.1 too, with TLS and without", async (_title, start, scheme) => {
    for (const tls of [true, false]) {
      await using server = await startHttp1Server((request, response) => response.end(`${request.httpVersion} ${request.url}`), { tls });
      await using proxy = await start();
      await using transport = through(`${scheme}://127.0.0.1:${proxy.port}`, server.url.port, { scheme: tls ? "https" : "http" });
      expect(await textOf((await transport.request(get("/api"))).body)).toBe("1.1 /api");
      expect(new Set(proxy.asked)).toEqual(new Set([`kubernetes.test:${server.url.port}`]));
    }
  });

  it("does not vouch for the server, whose certificate is checked through it", async () => {
    await using server = await startHttp2Server((_request, response) => response.end());
    await using proxy = await startSocksProxy();
    await using transport = through(`socks5://127.0.0.1:${proxy.port}`, server.url.port, { ca: "" });
    expect(await rejection(transport.request(get("/")))).toMatchObject({
      isPermanent: true,
      message: expect.stringContaining("certificate"),
    });
  });

  it.each([
    [
      "wants a password",
      () => startHttpProxy({ refuse: "407 Proxy Authentication Required" }),
      "http",
      { isPermanent: true, message: expect.stringContaining("HTTP 407 Proxy Authentication Required; give user name and password") },
    ],
    [
      "refuses",
      () => startHttpProxy({ refuse: "503 Service Unavailable" }),
      "http",
      {
        isPermanent: false,
        message: expect.stringMatching(/^the proxy http:\/\/127\.0\.0\.1:\d+ refused a connection to kubernetes\.test:1: HTTP 503/),
      },
    ],
    [
      "refuses by SOCKS",
      () => startSocksProxy({ refuse: true }),
      "socks5",
      { isPermanent: false, message: expect.stringMatching(/did not open a connection to kubernetes\.test:1: .*rejected connection/) },
    ],
  ])("that %s is named, without its password", async (_title, start, scheme, expected) => {
    await using proxy = await start();
    await using transport = through(`${scheme}://me:secret@127.0.0.1:${proxy.port}`, "1");
    const error = await rejection(transport.request(get("/")));
    expect(error).toMatchObject({ wasSent: false, ...expected });
    expect(inspect(error, { depth: 10 })).not.toContain("secret");
  });

  it("that is not there is told from a server that is not there", async () => {
    await using transport = through("socks5://127.0.0.1:1", "1");
    expect(await rejection(transport.request(get("/")))).toMatchObject({
      wasSent: false,
      message: expect.stringContaining("no connection to the proxy socks5://127.0.0.1:1: "),
    });
  });

  it.each(["http", "socks5"])("that accepts and says nothing is given up in time, over %s", async (scheme) => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const clock = new ManualClock();
    const transport = new SocketTransport({
      server: new URL("https://kubernetes.test"),
      tls: async () => ({ rejectUnauthorized: true }),
      proxyUrl: `${scheme}://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      clock,
    });
    const answer = rejection(transport.request(get("/")));
    await expect.poll(() => sockets.length).toBe(1);
    await clock.advance(10_000);
    expect(await answer).toMatchObject({
      wasSent: false,
      message: expect.stringContaining("no TLS connection to kubernetes.test within 10 s"),
    });
    expect(clock.pendingTimers).toBe(0);
    await transport.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it("is taken from the kubeconfig's proxy-url, whatever NO_PROXY says", async () => {
    await using server = await startHttp2Server((_request, response) => response.end(JSON.stringify({ gitVersion: "v1.36.3" })));
    await using proxy = await startSocksProxy();
    const text = `
clusters:
- name: c
  cluster:
    server: "https://kubernetes.test:${server.url.port}"
    certificate-authority-data: ${Buffer.from(testCa).toString("base64")}
    proxy-url: "socks5://127.0.0.1:${proxy.port}"
contexts: [{name: one, context: {cluster: c}}]
current-context: one`;
    await using client = await connect({ kubeconfig: { text } });
    expect(await client.serverVersion()).toEqual({ gitVersion: "v1.36.3" });
    expect(proxy.asked).toHaveLength(1);
  });

  it.each(["ftp://me:secret@b", "b:3128", "socks4://b", "http://"])("of another sort is refused at once: %s", async (proxyUrl) => {
    const error = await rejection(connect({ server: "https://a", proxyUrl }));
    expect(error).toMatchObject({ code: "InvalidProxy" });
    expect(String(error)).not.toContain("secret");
  });
});
