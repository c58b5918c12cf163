import { describe, expect, it } from "vitest";
import { connect } from "./connect.ts";
import { rejection } from "./testing/bodies.ts";
import { FakeTransport } from "./testing/fake-transport.ts";
import { recordingLogger } from "./testing/recording.ts";
import { Pod } from "./testing/kinds.ts";
import { testCa } from "./transport/testing/certificates.ts";
import { startSocksProxy } from "./transport/testing/test-proxies.ts";
import { startHttp2Server } from "./transport/testing/test-server.ts";

const version = JSON.stringify({ major: "1", minor: "36", gitVersion: "v1.36.3" });

describe("connect", () => {
  it("takes a transport of yours", async () => {
    const transport = new FakeTransport(() => ({ body: version, headers: { warning: '299 - "old"' } }));
    const { logger, lines } = recordingLogger();
    await using client = await connect({ transport, logger, userAgent: "mine" });
    expect(client.transport).toBe(transport);
    expect(await client.serverVersion()).toMatchObject({ gitVersion: "v1.36.3" });
    expect(transport.seen[0]?.headers["user-agent"]).toBe("mine");
    expect(lines).toEqual(["warn the API server warns: old"]);
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

  it("refuses a transport together with an address", async () => {
    const transport = new FakeTransport(() => ({}));
    expect(await rejection(connect({ transport, server: "https://a" }))).toMatchObject({ code: "InvalidOptions" });
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
