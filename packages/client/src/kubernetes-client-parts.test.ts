import type { KubeConfig } from "@kubernetes/client-node";
import type { KubernetesObject } from "@operatorkit/object";
import { gzipSync } from "node:zlib";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { connect } from "./connect.ts";
import { KubernetesClient } from "./kubernetes-client.ts";
import { rejection, textOf } from "./testing/bodies.ts";
import type { Transport, TransportRequest } from "@operatorkit/api";
import { FakeTransport, failure, type FakeAnswer, type SeenRequest } from "./testing/fake-transport.ts";
import { Deployment } from "./testing/kinds.ts";
import { testCa } from "./transport/testing/certificates.ts";
import { startHttp1Server, startHttp2Server } from "./transport/testing/test-server.ts";

const pod = { name: "a", namespace: "x" };
const web = { name: "web", namespace: "x" };

function clientOf(answer: (request: SeenRequest) => FakeAnswer) {
  const transport = new FakeTransport(answer);
  return { client: new KubernetesClient({ transport, clock: new ManualClock(), fieldManager: "me" }), transport };
}

describe("KubernetesClient.request", () => {
  it("sends what it is given and gives back what came", async () => {
    const { client, transport } = clientOf(() => ({ body: { items: [1] } }));
    const parsed = await client.request({ path: "/apis/metrics.k8s.io/v1beta1/nodes?a=b", query: { limit: 1, not: undefined } });
    expectTypeOf(parsed).toBeUnknown();
    expect(parsed).toEqual({ items: [1] });
    expect(Buffer.from(await client.request({ path: "/x", as: "bytes" })).toString()).toBe('{"items":[1]}');
    expect(await textOf(await client.request({ path: "/x", as: "stream" }))).toBe('{"items":[1]}');
    await client.request({ method: "POST", path: "/x", body: { a: 1 } });
    await client.request({ method: "PUT", path: "/x", body: '{"b":2}', contentType: "application/x" });
    expect(
      transport.seen.map(({ method, path, headers, body }) => [method, path, headers["accept"], headers["content-type"], body]),
    ).toEqual([
      ["GET", "/apis/metrics.k8s.io/v1beta1/nodes?a=b&limit=1", "application/json", undefined, undefined],
      ["GET", "/x", "*/*", undefined, undefined],
      ["GET", "/x", "*/*", undefined, undefined],
      ["POST", "/x", "application/json", "application/json", { a: 1 }],
      ["PUT", "/x", "application/json", "application/x", { b: 2 }],
    ]);
  });

  it("fails as every other call does", async () => {
    const { client } = clientOf(() => failure(403, "Forbidden", "no"));
    expect(await rejection(client.request({ path: "/x" }))).toMatchObject({ code: "Forbidden", message: "GET /x: no" });
    expect(await rejection(client.request({ path: "x" }))).toMatchObject({ code: "InvalidRequest" });
    expect(await rejection(client.request({ method: "POST", path: "/x", body: "a" }))).toMatchObject({
      code: "InvalidRequest",
      message: expect.stringContaining("contentType"),
    });
  });
});

describe("KubernetesClient.evict", () => {
  it("posts an Eviction with its options, and tells of a refusal at once", async () => {
    const { client, transport } = clientOf(({ path }) => (path.includes("/a/") ? {} : failure(429, "TooManyRequests", "budget")));
    await client.evict(pod, { gracePeriodSeconds: 5, preconditions: { uid: "u" } });
    expect(transport.paths).toEqual(["POST /api/v1/namespaces/x/pods/a/eviction"]);
    expect(transport.seen[0]?.body).toEqual({
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: pod,
      deleteOptions: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 5, preconditions: { uid: "u" } },
    });
    expect(await rejection(client.evict({ ...pod, name: "b" }))).toMatchObject({
      code: "TooManyRequests",
      message: "evict Pod x/b: budget",
    });
    expect(transport.seen).toHaveLength(2);
  });
});

describe("KubernetesClient.scale", () => {
  const scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: web, spec: { replicas: 3 }, status: { replicas: 1 } };

  it("reads and writes the scale of any kind", async () => {
    const { client, transport } = clientOf(() => ({ body: scale }));
    expect((await client.getScale(Deployment, web)).status?.replicas).toBe(1);
    expect((await client.scale(Deployment, web, 3, { dryRun: true })).spec?.replicas).toBe(3);
    expect(transport.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/apis/apps/v1/namespaces/x/deployments/web/scale", undefined],
      ["PATCH", "/apis/apps/v1/namespaces/x/deployments/web/scale?fieldManager=me&dryRun=All", { spec: { replicas: 3 } }],
    ]);
    expect(await rejection(client.scale(Deployment, web, -1))).toMatchObject({
      code: "InvalidRequest",
      message: "scale Deployment x/web: replicas: -1 must be a whole number, 0 or more",
    });
  });
});

describe("parts that speak a kind of their own", () => {
  const ServiceAccount = { apiVersion: "v1", kind: "ServiceAccount" };
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", metadata: pod, spec: { expirationSeconds: 600 } };
  const scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: web, spec: { replicas: 4 } };
  const resources = [{ name: "serviceaccounts", namespaced: true, kind: "ServiceAccount" }];
  const open = () => clientOf(({ path, body }) => ({ body: path === "/api/v1" ? { kind: "APIResourceList", resources } : body }));

  it.each<[string, (client: KubernetesClient) => Promise<unknown>, string, unknown]>([
    [
      "a token",
      (c) => c.create(request, { subresource: "token", of: ServiceAccount, fieldManager: "you" }),
      "POST /api/v1/namespaces/x/serviceaccounts/a/token?fieldManager=you",
      request,
    ],
    [
      "a scale",
      (c) => c.update(scale, { subresource: "scale", of: Deployment }),
      "PUT /apis/apps/v1/namespaces/x/deployments/web/scale?fieldManager=me",
      scale,
    ],
    [
      "fields of a scale",
      (c) => c.apply(scale, { subresource: "scale", of: Deployment }),
      "PATCH /apis/apps/v1/namespaces/x/deployments/web/scale?fieldManager=me&force=true",
      scale,
    ],
  ])("are written to: %s", async (_what, act, line, body) => {
    const { client, transport } = open();
    expect(await act(client)).toEqual(body);
    expect(transport.paths.at(-1)).toBe(line);
    expect(transport.seen.at(-1)?.body).toEqual(body);
  });

  it("answer what the kind is said to be", async () => {
    interface TokenRequest extends KubernetesObject {
      readonly kind: "TokenRequest";
      readonly status?: { readonly token: string };
    }
    const { client } = open();
    const token = { subresource: "token", of: ServiceAccount };
    const made = await client.create<TokenRequest>({ ...request, kind: "TokenRequest" }, token);
    expectTypeOf(made.status?.token).toEqualTypeOf<string | undefined>();
  });

  it.each<[string, (client: KubernetesClient) => Promise<unknown>, string]>([
    [
      "of without a part",
      (c) => c.create(request, { of: ServiceAccount }),
      "create TokenRequest: subresource, which of is about, is missing",
    ],
    [
      "half a kind",
      (c) => c.create(request, { subresource: "token", of: { ...ServiceAccount, apiVersion: "" } }),
      "create ServiceAccount: apiVersion of the kind is missing",
    ],
    [
      "an object without a name",
      (c) => c.create({ ...request, metadata: { generateName: "a-", namespace: "x" } }, { subresource: "token", of: ServiceAccount }),
      "create token of ServiceAccount in x: the name of the ServiceAccount is empty: give one",
    ],
  ])("are refused %s", async (_what, act, message) => {
    expect(await rejection(act(open().client))).toMatchObject({ code: "InvalidRequest", message });
  });
});

describe("KubernetesClient.logs", () => {
  it("gives lines, and lets go of the stream when left", async () => {
    let isClosed = false;
    const { client, transport } = clientOf(() => ({
      chunks: (async function* () {
        try {
          for (let line = 1; ; line += 1) yield Buffer.from(`line ${line}\n`);
        } finally {
          isClosed = true;
        }
      })(),
    }));
    const lines: string[] = [];
    for await (const line of client.logs(pod, { container: "c", follow: true, tailLines: 2 })) {
      lines.push(line);
      if (lines.length === 3) break;
    }
    expect(lines).toEqual(["line 1", "line 2", "line 3"]);
    expect(isClosed).toBe(true);
    expect(transport.paths).toEqual(["GET /api/v1/namespaces/x/pods/a/log?container=c&follow=true&tailLines=2"]);
  });
});

describe("KubernetesClient.applyAndCompare", () => {
  const object = (resourceVersion: string, uid = "u") => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...web, uid, resourceVersion },
  });
  const manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: web };
  const answering = (version: string, before?: FakeAnswer) => {
    const made = clientOf(({ method }) => (method === "GET" ? (before ?? {}) : { body: object(version) }));
    // Known kinds need no discovery.
    made.client.listWatch(Deployment);
    return made;
  };

  it.each([
    ["the version stays", "7", { body: object("7") }, false],
    ["the version is another", "8", { body: object("7") }, true],
    ["it was made anew", "7", { body: object("7", "other") }, true],
    ["it was not there", "7", failure(404, "NotFound", "gone"), true],
  ])("says when %s", async (_title, version, before, changed) => {
    expect(await answering(version, before).client.applyAndCompare(manifest)).toEqual({ object: object(version), changed });
  });

  it("asks for nothing when told what is there", async () => {
    const { client, transport } = answering("7");
    expect((await client.applyAndCompare(manifest, { current: object("7") })).changed).toBe(false);
    expect(transport.seen.map(({ method }) => method)).toEqual(["PATCH"]);
  });
});

describe("KubernetesClient.discover", () => {
  it("asks for everything in two requests", async () => {
    const list = (name: string, kind: string) => ({
      kind: "APIGroupDiscoveryList",
      items: [{ metadata: { name }, versions: [{ version: "v1", resources: [{ resource: "things", responseKind: { kind } }] }] }],
    });
    const { client, transport } = clientOf(({ path }) => ({ body: path === "/api" ? list("", "Pod") : list("apps", "Deployment") }));
    const groups = await client.discover();
    expect(groups.flatMap(({ versions }) => versions.flatMap(({ resources }) => resources.map(({ kind }) => kind)))).toEqual([
      "Pod",
      "Deployment",
    ]);
    expect(transport.paths).toEqual(["GET /api", "GET /apis"]);
    expect(transport.seen[0]?.headers["accept"]).toContain("as=APIGroupDiscoveryList");
  });
});

describe("impersonation", () => {
  const impersonate = { user: "jane", groups: ["dev", "ops"], extra: { scope: ["a", "b"] } };

  it.each([
    ["HTTP/2", startHttp2Server],
    ["HTTP/1.1", startHttp1Server],
  ])("sends a header for each group over %s", async (_title, start) => {
    const seen: string[] = [];
    await using server = await start((request: { rawHeaders: string[] }, response: { end: (body: string) => unknown }) => {
      const { rawHeaders } = request;
      for (let i = 0; i < rawHeaders.length; i += 2) {
        const name = rawHeaders[i]?.toLowerCase() ?? "";
        if (name.startsWith("impersonate-")) seen.push(`${name}: ${rawHeaders[i + 1]}`);
      }
      response.end("{}");
    });
    const tls = server.url.protocol === "https:" ? { caPem: testCa } : {};
    await using client = await connect({ server: server.url.href, ...tls, impersonate });
    await client.request({ path: "/x" });
    expect(seen.toSorted()).toEqual([
      "impersonate-extra-scope: a",
      "impersonate-extra-scope: b",
      "impersonate-group: dev",
      "impersonate-group: ops",
      "impersonate-user: jane",
    ]);
  });

  it("goes through a transport of yours, whoever that is, and is checked there too", async () => {
    const seen: TransportRequest[] = [];
    const fake = new FakeTransport(() => ({ body: {} }));
    const transport: Transport = {
      request: (request) => {
        seen.push(request);
        return fake.request(request);
      },
      close: () => fake.close(),
    };
    await using client = await connect({ transport, impersonate });
    await client.request({ path: "/x" });
    expect(seen[0]).toMatchObject({
      headers: { "impersonate-user": "jane" },
      repeatedHeaders: { "impersonate-group": ["dev", "ops"], "impersonate-extra-scope": ["a", "b"] },
    });
    expect(await rejection(connect({ transport, impersonate: { user: "" } }))).toMatchObject({ code: "InvalidOptions" });
  });
});

describe("KubernetesClient.toKubeConfig", () => {
  it("is the same cluster, for @kubernetes/client-node", async () => {
    await using client = await connect({ server: "https://10.0.0.1:6443", caPem: testCa, token: "secret" });
    const config = await client.with({}).toKubeConfig<KubeConfig>();
    expect(config.getCurrentCluster()?.server).toBe("https://10.0.0.1:6443");
    expect(config.getCurrentUser()?.token).toBe("secret");
    expect(await rejection(clientOf(() => ({})).client.toKubeConfig<KubeConfig>())).toMatchObject({ code: "InvalidOptions" });
  });
});

describe("compress", () => {
  it("asks for lists packed, and unpacks them", async () => {
    const list = { kind: "DeploymentList", metadata: { resourceVersion: "5" }, items: [{ metadata: web }] };
    const transport = new FakeTransport(({ headers }) =>
      headers["accept-encoding"] === "gzip"
        ? { body: gzipSync(JSON.stringify(list)), headers: { "content-encoding": "gzip" } }
        : { body: { ...list, items: [] } },
    );
    const request = { limit: 1, signal: new AbortController().signal };
    await using packing = await connect({ transport, compress: true });
    expect(await packing.list(Deployment).toArray()).toHaveLength(1);
    expect((await packing.listWatch(Deployment).list(request)).entries).toHaveLength(1);
    await using plain = await connect({ transport });
    expect(await plain.list(Deployment).toArray()).toHaveLength(0);
    await packing.get(Deployment, web);
    expect(transport.seen.at(-1)?.headers["accept-encoding"]).toBeUndefined();
  });
});
