import { describe, expect, it } from "vitest";
import { ApiServer } from "./api-server.ts";
import { MAX_BODY_BYTES, type Middleware } from "./handler.ts";
import { RawApi } from "./testing/raw-api.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

describe("ApiServer", () => {
  it("starts with its namespaces and tells that it is well and what it is", async () => {
    await using api = await RawApi.start();
    const { json } = await api.get("/api/v1/namespaces");
    expect((json["items"] as unknown as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).toEqual([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
    ]);
    for (const path of ["/healthz", "/livez", "/readyz"]) expect((await api.get(path)).text).toBe("ok");
    expect((await api.get("/version")).json).toMatchObject({ major: "1", minor: "36" });
  });

  it("tells three kinds of nothing apart", async () => {
    await using api = await RawApi.start();
    expect((await api.get("/apis/unknown.example.com/v1/things")).text).toBe("404 page not found\n");
    expect((await api.get("/apis/apps/v9/deployments")).json).toMatchObject({
      message: "the server could not find the requested resource",
      details: {},
    });
    expect((await api.get(`${MAPS}/none`)).json).toMatchObject({
      message: 'configmaps "none" not found',
      details: { name: "none", kind: "configmaps" },
    });
  });

  it("answers 403 without credentials, 401 for wrong ones, and asks for rights before it looks for anything", async () => {
    const anonymous = { name: "system:anonymous", groups: ["system:unauthenticated"] };
    await using server = await ApiServer.start({ inProcess: true });
    const transport = server.transport({ user: anonymous });
    const refused = await transport.request({
      method: "POST",
      path: "/api/v1/namespaces/nowhere/configmaps",
      headers: {},
      body: new Uint8Array([1]),
    });
    expect(refused.status).toBe(403);
    const text = await new Response(ReadableStream.from(refused.body) as ReadableStream).text();
    expect(text).toContain(
      'User \\"system:anonymous\\" cannot create resource \\"configmaps\\" in API group \\"\\" in the namespace \\"nowhere\\"',
    );
    const known = await transport.request({ method: "GET", path: "/healthz", headers: {} });
    expect(known.status).toBe(200);
  });

  it("refuses a body that is too large", async () => {
    await using api = await RawApi.start();
    const answer = await api.post(MAPS, "x".repeat(MAX_BODY_BYTES + 1));
    expect([answer.status, answer.json["reason"]]).toEqual([413, "RequestEntityTooLarge"]);
  });

  it("wraps its handler with middleware, the first one outermost", async () => {
    const order: string[] = [];
    const middleware = ["a", "b"].map((name): Middleware => (next) => (request) => {
      order.push(name);
      return next(request);
    });
    await using api = await RawApi.start({ middleware });
    await api.get("/healthz");
    expect(order).toEqual(["a", "b"]);
  });

  it("ends watches when it closes, and refuses requests after that", async () => {
    const server = await ApiServer.start({ inProcess: true });
    const transport = server.transport();
    const { body } = await transport.request({ method: "GET", path: `${MAPS}?watch=true`, headers: {} });
    const next = body[Symbol.asyncIterator]().next();
    await server.close();
    await expect(next).rejects.toThrow("the API server is closed");
    await expect(transport.request({ method: "GET", path: "/healthz", headers: {} })).rejects.toThrow("the API server is closed");
  });

  it("ends a request whose signal is aborted", async () => {
    await using api = await RawApi.start();
    const stop = new AbortController();
    const { body } = await api.send("GET", `${MAPS}?watch=true`, undefined, { signal: stop.signal });
    const next = body[Symbol.asyncIterator]().next();
    stop.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });

  it("has no url without a socket, and says so", async () => {
    await using server = await ApiServer.start({ inProcess: true });
    expect(() => server.url).toThrow("without a socket");
  });

  it("serves HTTPS on loopback with a certificate and a token that its kubeconfig names", { timeout: 20_000 }, async () => {
    await using server = await ApiServer.start();
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(server.kubeconfig()).toContain(server.token);
    expect(server.caPem).toContain("BEGIN CERTIFICATE");
  });
});
