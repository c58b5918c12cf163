import { ManualClock, RecordingTracer } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { connect } from "./connect.ts";
import { rejection } from "./testing/bodies.ts";
import { FakeTransport } from "./testing/fake-transport.ts";
import { recordingLogger } from "./testing/recording.ts";
import { Pod } from "./testing/kinds.ts";
import { blackHoleInFrontOf } from "./transport/testing/black-hole.ts";
import { testCa } from "./transport/testing/certificates.ts";
import { startSocksProxy } from "./transport/testing/test-proxies.ts";
import { startHttp2Server } from "./transport/testing/test-server.ts";

const version = JSON.stringify({ major: "1", minor: "36", gitVersion: "v1.36.3" });

describe("connect", () => {
  it("takes a transport of yours", async () => {
    const transport = new FakeTransport(() => ({ body: version, headers: { warning: '299 - "old"' } }));
    const { logger, lines } = recordingLogger();
    const tracer = new RecordingTracer();
    await using client = await connect({ transport, logger, tracer, userAgent: "mine" });
    expect(client.transport).toBe(transport);
    expect(await client.serverVersion()).toMatchObject({ gitVersion: "v1.36.3" });
    expect(transport.seen[0]?.headers["user-agent"]).toBe("mine");
    expect(lines).toEqual(["warn the API server warns: old"]);
    expect(tracer.spans).toMatchObject([{ name: "GET", attributes: { "url.path": "/version" }, ends: 1 }]);
  });

  it("opens nothing before the first request, then speaks to the server of the options", async () => {
    const seen: (string | undefined)[] = [];
    await using server = await startHttp2Server((request, response) => {
      seen.push(request.headers.authorization);
      response.end(version);
    });
    await using client = await connect({ server: server.url.href, caPem: testCa, token: "secret" });
    expect(server.connections()).toBe(0);
    expect(await client.serverVersion()).toMatchObject({ gitVersion: "v1.36.3" });
    expect(seen).toEqual(["Bearer secret"]);
  });

  it("reads a kubeconfig, its context and its namespace", async () => {
    await using server = await startHttp2Server((_request, response) => response.end(version));
    const text = `
clusters: [{name: c, cluster: {server: "${server.url.href}", certificate-authority-data: ${Buffer.from(testCa).toString("base64")}}}]
contexts: [{name: one, context: {cluster: c, namespace: ns}}]`;
    await using client = await connect({ kubeconfig: { text }, context: "one" });
    expect(client.namespace).toBe("ns");
    expect(await client.serverVersion()).toMatchObject({ minor: "36" });
  });

  it("says which server it could not reach, and where its address came from", async () => {
    await using client = await connect({ server: "https://127.0.0.1:1", token: "secret", backoff: () => 0 });
    expect(await rejection(client.serverVersion())).toMatchObject({
      code: "ConnectionFailed",
      message:
        "get the server's version: no answer from the API server at https://127.0.0.1:1 (from the options given to connect): " +
        "connection refused: nothing listens at 127.0.0.1:1; is the cluster running, and is the server's address right?",
    });
  });

  it.each([
    ["an address", { server: "https://a" }],
    ["limits of connections it has none of", { pingIntervalMs: 1 }],
  ])("refuses a transport together with %s", async (_title, options) => {
    const transport = new FakeTransport(() => ({}));
    expect(await rejection(connect({ transport, ...options }))).toMatchObject({ code: "InvalidOptions" });
  });

  it.each([
    ["connectTimeoutMs", 0],
    ["pingIntervalMs", -1],
    ["pingTimeoutMs", Number.NaN],
  ])("refuses %s: %s", async (name, value) => {
    expect(await rejection(connect({ server: "https://127.0.0.1:1", [name]: value }))).toEqual(
      new TypeError(`connect: ${name}: ${value} must be a number above 0`),
    );
  });

  it("gives up a handshake that nobody answers as soon as it is told", async () => {
    const clock = new ManualClock();
    await using server = await startHttp2Server(() => {});
    await using hole = await blackHoleInFrontOf(server);
    hole.swallow();
    await using client = await connect({ server: hole.url.href, caPem: testCa, clock, connectTimeoutMs: 2_500, backoff: () => 0 });
    const version = rejection(client.request({ path: "/version", mayRetry: false }));
    await expect.poll(() => clock.pendingTimers).toBe(2);
    await clock.advance(2_500);
    expect(await version).toMatchObject({ message: expect.stringContaining("within 2.5 s; check the network, a VPN or a firewall") });
  });

  it.each([
    ["by default", {}, 20_000],
    ["as told", { pingIntervalMs: 1_000, pingTimeoutMs: 500 }, 1_500],
  ])("gives up a connection that is dead without a word: %s", async (_title, options, afterMs) => {
    const clock = new ManualClock();
    await using server = await startHttp2Server((_request, response) => response.writeHead(200).write("then silence"));
    await using hole = await blackHoleInFrontOf(server);
    await using client = await connect({ server: hole.url.href, caPem: testCa, clock, ...options });
    const body = await client.request({ path: "/version", as: "stream" });
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();
    const broken = rejection(chunks.next());
    hole.swallow();
    await clock.advance(afterMs - 1);
    expect(hole.connections()).toBe(1);
    await clock.advance(1);
    expect(await broken).toMatchObject({ message: expect.stringContaining("did not answer a ping") });
  });

  it.each([
    ["a server elsewhere", "https://kubernetes.test", {}, "gzip"],
    ["a server on this machine", "https://127.0.0.1", {}, undefined],
    ["a server elsewhere, told not to", "https://kubernetes.test", { compress: false }, undefined],
    ["a server on this machine, told to", "https://127.0.0.1", { compress: true }, "gzip"],
  ])("asks %s for lists packed or not", async (_title, url, options, expected) => {
    const seen: (string | undefined)[] = [];
    await using server = await startHttp2Server((request, response) => {
      seen.push(request.headers["accept-encoding"]);
      response.end(JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] }));
    });
    await using proxy = await startSocksProxy();
    const proxyUrl = `socks5://127.0.0.1:${proxy.port}`;
    await using client = await connect({ server: `${url}:${server.url.port}`, caPem: testCa, proxyUrl, ...options });
    expect(await client.list(Pod).toArray()).toEqual([]);
    expect(seen).toEqual([expected]);
  });
});
