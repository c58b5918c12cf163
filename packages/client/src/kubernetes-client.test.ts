import type { Kind, KubernetesObject, ObjectOf, PartialObjectMetadata } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { KubernetesClient } from "./kubernetes-client.ts";
import { rejection, textOf } from "./testing/bodies.ts";
import { FakeTransport, failure, silence, type FakeAnswer, type SeenRequest } from "./testing/fake-transport.ts";
import { ConfigMap, Deployment, Node, Pod } from "./testing/kinds.ts";

const web = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" } };
const appsV1 = {
  kind: "APIResourceList",
  resources: [{ name: "deployments", singularName: "deployment", namespaced: true, kind: "Deployment" }],
};

/** A client of a server that knows apps/v1 and otherwise answers what the test says. */
function clientOf(
  answer: (request: SeenRequest, signal: AbortSignal | undefined) => FakeAnswer | Promise<FakeAnswer> = () => ({ body: web }),
  fieldManager?: string,
) {
  const transport = new FakeTransport((request, signal) => (request.path === "/apis/apps/v1" ? { body: appsV1 } : answer(request, signal)));
  const client = new KubernetesClient({ transport, clock: new ManualClock(), ...(fieldManager === undefined ? {} : { fieldManager }) });
  return { client, transport };
}

const IN_DEFAULT = "/apis/apps/v1/namespaces/default/deployments";

describe("KubernetesClient", () => {
  it.each<[string, (client: KubernetesClient) => Promise<unknown>, string, string | undefined, unknown]>([
    ["get", (c) => c.get(Deployment, web.metadata), `GET ${IN_DEFAULT}/web`, undefined, undefined],
    [
      "get at a version",
      (c) => c.get(Deployment, web.metadata, { resourceVersion: "0" }),
      `GET ${IN_DEFAULT}/web?resourceVersion=0`,
      undefined,
      undefined,
    ],
    ["create", (c) => c.create(web), `POST ${IN_DEFAULT}`, "application/json", web],
    [
      "create with options",
      (c) => c.create(web, { dryRun: true, fieldManager: "me", fieldValidation: "Strict" }),
      `POST ${IN_DEFAULT}?fieldManager=me&dryRun=All&fieldValidation=Strict`,
      "application/json",
      web,
    ],
    ["update", (c) => c.update(web), `PUT ${IN_DEFAULT}/web`, "application/json", web],
    ["update the status", (c) => c.update(web, { subresource: "status" }), `PUT ${IN_DEFAULT}/web/status`, "application/json", web],
    [
      "apply",
      (c) => c.apply(web, { fieldManager: "me" }),
      `PATCH ${IN_DEFAULT}/web?fieldManager=me&force=true`,
      "application/apply-patch+yaml",
      web,
    ],
    [
      "apply the status without force",
      (c) => c.apply(web, { fieldManager: "me", force: false, subresource: "status" }),
      `PATCH ${IN_DEFAULT}/web/status?fieldManager=me&force=false`,
      "application/apply-patch+yaml",
      web,
    ],
    [
      "patch by merge",
      (c) => c.patch(Deployment, web.metadata, { type: "merge", body: { a: null } }),
      `PATCH ${IN_DEFAULT}/web`,
      "application/merge-patch+json",
      { a: null },
    ],
    [
      "patch by JSON patch",
      (c) => c.patch(Deployment, web.metadata, { type: "json", operations: [{ op: "remove", path: "/a" }] }),
      `PATCH ${IN_DEFAULT}/web`,
      "application/json-patch+json",
      [{ op: "remove", path: "/a" }],
    ],
    [
      "patch the scale strategically",
      (c) => c.patch(Deployment, web.metadata, { type: "strategic", body: { a: 1 } }, { subresource: "scale" }),
      `PATCH ${IN_DEFAULT}/web/scale`,
      "application/strategic-merge-patch+json",
      { a: 1 },
    ],
    ["delete", (c) => c.delete(Deployment, web.metadata), `DELETE ${IN_DEFAULT}/web`, undefined, undefined],
    [
      "delete with options",
      (c) =>
        c.delete(Deployment, web.metadata, {
          propagationPolicy: "Foreground",
          gracePeriodSeconds: 0,
          preconditions: { uid: "u" },
          dryRun: true,
        }),
      `DELETE ${IN_DEFAULT}/web`,
      "application/json",
      {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Foreground",
        gracePeriodSeconds: 0,
        preconditions: { uid: "u" },
        dryRun: ["All"],
      },
    ],
    [
      "delete a collection",
      (c) => c.deleteCollection(Deployment, { namespace: "default", labelSelector: "a=b" }),
      `DELETE ${IN_DEFAULT}?labelSelector=a%3Db`,
      undefined,
      undefined,
    ],
    ["the server's version", (c) => c.serverVersion(), "GET /version", undefined, undefined],
  ])("sends %s", async (_title, act, expected, contentType, body) => {
    const { client, transport } = clientOf(({ path }) => ({ body: path === "/version" ? { gitVersion: "v1.36.3" } : web }));
    await act(client);
    const request = transport.seen.at(-1);
    expect(`${request?.method} ${request?.path}`).toBe(expected);
    expect(request?.headers["content-type"]).toBe(contentType);
    expect(request?.body).toEqual(body);
  });

  it("finds the kind of a whole object by discovery, once; not at all when it has seen the kind", async () => {
    const { client, transport } = clientOf();
    await client.apply(web, { fieldManager: "me" });
    await client.update(web);
    expect(transport.paths.filter((path) => path === "GET /apis/apps/v1")).toHaveLength(1);
    const other = clientOf();
    await other.client.get(Deployment, web.metadata);
    await other.client.update(web);
    expect(other.transport.paths).not.toContain("GET /apis/apps/v1");
  });

  const ref = { apiVersion: "apps/v1", kind: "Deployment" };
  const list = { body: { kind: "DeploymentList", metadata: { resourceVersion: "1" }, items: [] } };

  it.each<[string, (client: KubernetesClient) => Promise<unknown>, string]>([
    ["get", (c) => c.get(ref, web.metadata), `GET ${IN_DEFAULT}/web`],
    ["list", (c) => c.list(ref, { namespace: "default" }).toArray(), `GET ${IN_DEFAULT}?limit=500`],
    ["patch", (c) => c.patch(ref, web.metadata, { type: "merge", body: {} }), `PATCH ${IN_DEFAULT}/web`],
    ["delete", (c) => c.delete(ref, web.metadata), `DELETE ${IN_DEFAULT}/web`],
    ["deleteCollection", (c) => c.deleteCollection(ref, { namespace: "default" }), `DELETE ${IN_DEFAULT}`],
    ["getScale", (c) => c.getScale(ref, web.metadata), `GET ${IN_DEFAULT}/web/scale`],
    ["scale", (c) => c.scale(ref, web.metadata, 3), `PATCH ${IN_DEFAULT}/web/scale`],
  ])("takes an apiVersion and kind in place of a Kind, and asks for it once: %s", async (_title, call, path) => {
    const { client, transport } = clientOf(({ path: asked }) => (asked.includes("limit=") ? list : { body: web }));
    await call(client);
    await call(client);
    expect(transport.paths).toEqual(["GET /apis/apps/v1", path, path]);
  });

  it("gives what was asked for by apiVersion and kind the type that is said", async () => {
    const { client } = clientOf();
    expectTypeOf(await client.get(ref, web.metadata)).toEqualTypeOf<KubernetesObject>();
    type Web = KubernetesObject & { readonly spec: { readonly replicas: number } };
    expectTypeOf(await client.get<Web>(ref, web.metadata)).toEqualTypeOf<Web>();
    expectTypeOf(await client.get(Pod, web.metadata)).toEqualTypeOf<ObjectOf<typeof Pod>>();
  });

  it("refuses half a kind by the missing field's name, before anything is sent", async () => {
    const { client, transport } = clientOf();
    await expect(client.get({ apiVersion: "", kind: "Deployment" }, web.metadata)).rejects.toMatchObject({
      code: "InvalidRequest",
      message: "get Deployment: apiVersion of the kind is missing",
    });
    await expect(client.list({ apiVersion: "v1", kind: "" }).toArray()).rejects.toMatchObject({
      message: "list an object: kind of the kind is missing",
    });
    expect(transport.paths).toEqual([]);
  });

  it("says what it was doing when discovery fails", async () => {
    const { client } = clientOf(() => ({ status: 404, body: "404 page not found" }));
    await expect(client.create({ ...web, apiVersion: "nope/v1" })).rejects.toMatchObject({
      code: "NotFound",
      message: expect.stringContaining("create Deployment: resolve Deployment of nope/v1: the server does not serve it"),
    });
  });

  it("creates an object whose name the server makes", async () => {
    const { client, transport } = clientOf();
    await client.create({ ...web, metadata: { generateName: "web-", namespace: "default" } });
    expect(transport.paths.at(-1)).toBe(`POST ${IN_DEFAULT}`);
  });

  it.each<[string, (client: KubernetesClient) => Promise<unknown>, string]>([
    ["apply without a field manager", (c) => c.apply(web), "apply Deployment default/web: fieldManager is missing"],
    [
      "create without a namespace",
      (c) => c.create({ ...web, metadata: { name: "web" } }),
      "create Deployment web: Deployment is namespaced: give a namespace",
    ],
    ["get without a namespace", (c) => c.get(Pod, { name: "a" }), "get Pod a: Pod is namespaced: give a namespace"],
    ["get in a namespace of what has none", (c) => c.get(Node, { name: "a", namespace: "x" }), "get Node x/a: Node is cluster-scoped"],
    ["delete a collection of all namespaces", (c) => c.deleteCollection(Pod), "delete all Pod: Pod is namespaced: give a namespace"],
    [
      "update without a name",
      (c) => c.update({ ...web, metadata: { namespace: "default" } } as never),
      "update Deployment in default: the name of the Deployment is empty",
    ],
    ["update without a kind", (c) => c.update({ apiVersion: "v1", metadata: { name: "a" } } as never), "update an object: kind is missing"],
    [
      "update without an apiVersion",
      (c) => c.update({ kind: "Pod", metadata: { name: "a" } } as never),
      "update Pod: apiVersion is missing",
    ],
    ["create without metadata", (c) => c.create({ apiVersion: "v1", kind: "Pod" } as never), "create Pod: metadata is missing"],
    ["a name with a slash", (c) => c.delete(Pod, { name: "a/b", namespace: "x" }), 'delete Pod x/a/b: the name "a/b"'],
    ["list in a namespace of what has none", (c) => c.list(Node, { namespace: "x" }).toArray(), "list Node in x: Node is cluster-scoped"],
  ])("refuses to %s", async (_title, act, message) => {
    const { client, transport } = clientOf();
    await expect(act(client)).rejects.toMatchObject({ code: "InvalidRequest", message: expect.stringContaining(message) });
    expect(transport.paths.filter((path) => path !== "GET /apis/apps/v1")).toEqual([]);
  });

  it("fills in what a list's items lack, and keeps what they have", async () => {
    const items = [{ metadata: { name: "a" } }, { apiVersion: "v1", kind: "Pod", metadata: { name: "b" }, spec: {} }];
    const { client, transport } = clientOf(() => ({ body: { kind: "PodList", metadata: { resourceVersion: "5" }, items } }));
    expect(await client.list(Pod, { namespace: "x", labelSelector: "a", fieldSelector: "b=c" }).toArray()).toEqual([
      { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } },
      { apiVersion: "v1", kind: "Pod", metadata: { name: "b" }, spec: {} },
    ]);
    expect(transport.paths).toEqual(["GET /api/v1/namespaces/x/pods?limit=500&labelSelector=a&fieldSelector=b%3Dc"]);
  });

  it("refuses an answer that is no object, and a version that is none", async () => {
    const { client } = clientOf(() => ({ body: {} }));
    await expect(client.get(Pod, { name: "a", namespace: "x" })).rejects.toMatchObject({ code: "MalformedResponse" });
    await expect(client.serverVersion()).rejects.toMatchObject({ code: "MalformedResponse" });
    await expect(client.list(Pod).toArray()).rejects.toMatchObject({ code: "MalformedResponse" });
  });

  it("names the object in the server's refusal", async () => {
    const { client } = clientOf(() => failure(409, "Conflict", "the object has been modified"));
    await expect(client.update(web, { subresource: "status" })).rejects.toMatchObject({
      code: "Conflict",
      message: "update status of Deployment default/web: the object has been modified",
    });
  });

  it("gets and lists metadata alone, and drops the rest where the server sends more", async () => {
    const metadata = { name: "a", namespace: "x", uid: "1", resourceVersion: "7" };
    const partial = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
    const answers = [
      { body: partial },
      { body: { ...web, metadata, spec: { replicas: 3 } } },
      {
        body: {
          apiVersion: "meta.k8s.io/v1",
          kind: "PartialObjectMetadataList",
          metadata: { resourceVersion: "8", continue: "next" },
          items: [partial],
        },
      },
      {
        body: {
          apiVersion: "apps/v1",
          kind: "DeploymentList",
          metadata: { resourceVersion: "8" },
          items: [{ metadata, spec: { replicas: 3 } }],
        },
      },
    ];
    const { client, transport } = clientOf(() => answers.shift() ?? { body: {} });
    const IN_X = "/apis/apps/v1/namespaces/x/deployments";
    const own = { apiVersion: "apps/v1", kind: "Deployment", metadata };
    const one = await client.get(Deployment, metadata, { metadataOnly: true });
    expectTypeOf(one).toEqualTypeOf<PartialObjectMetadata>();
    expect(one).toEqual(own);
    expect(await client.get(Deployment, metadata, { metadataOnly: true })).toEqual(own);
    const all = await client.list(Deployment, { namespace: "x", labelSelector: "app=web", metadataOnly: true }).toArray();
    expectTypeOf(all).toEqualTypeOf<PartialObjectMetadata[]>();
    expect(all).toEqual([own, own]);
    expect(transport.seen.map(({ headers, path }) => `${headers["accept"]} ${path}`)).toEqual([
      `application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json ${IN_X}/a`,
      `application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json ${IN_X}/a`,
      `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json ${IN_X}?limit=500&labelSelector=app%3Dweb`,
      `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json ${IN_X}?limit=500&continue=next&labelSelector=app%3Dweb`,
    ]);
  });

  it("binds a field manager and a signal, on top of those it has", async () => {
    const { client, transport } = clientOf((_request, signal) => (signal?.aborted ? silence(signal) : { body: web }), "base");
    await client.apply(web);
    const outer = new AbortController();
    const inner = new AbortController();
    const bound = client.with({ fieldManager: "controller", signal: outer.signal }).with({ signal: inner.signal });
    await bound.apply(web);
    await bound.apply(web, { fieldManager: "own" });
    expect(
      transport.paths.filter((path) => path.startsWith("PATCH")).map((path) => new URLSearchParams(path.split("?")[1]).get("fieldManager")),
    ).toEqual(["base", "controller", "own"]);
    outer.abort(new Error("stopping"));
    await expect(bound.get(Pod, { name: "a", namespace: "x" })).rejects.toThrow("stopping");
    await expect(bound.resolve({ apiVersion: "v1", kind: "Pod" })).rejects.toThrow("stopping");
    await expect(client.get(Pod, { name: "a", namespace: "x" })).resolves.toBeDefined();
  });

  it("closes its transport at the end of its block", async () => {
    const { client, transport } = clientOf();
    {
      await using scoped = client;
      await scoped.get(Deployment, web.metadata);
    }
    expect(transport.isClosed).toBe(true);
    await expect(client.get(Deployment, web.metadata)).rejects.toMatchObject({ code: "ConnectionFailed" });
  });

  describe("listWatch", () => {
    it("asks for metadata alone, and keeps no more where the server sends more", async () => {
      const metadata = { name: "a", namespace: "x", uid: "1", resourceVersion: "7" };
      const whole = { metadata, data: { key: "value" } };
      const { client, transport } = clientOf((request) =>
        request.path.includes("watch=true")
          ? { body: `{"type":"MODIFIED","object":${JSON.stringify(whole)}}\n` }
          : { body: { kind: "ConfigMapList", apiVersion: "v1", metadata: { resourceVersion: "8" }, items: [whole] } },
      );
      const source = client.listWatch(ConfigMap, { metadataOnly: true });
      const { entries } = await source.list({ signal });
      expect(entries.map(({ object }) => object)).toEqual([{ apiVersion: "v1", kind: "ConfigMap", metadata }]);
      const seen: unknown[] = [];
      for await (const events of await source.watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal }))
        for (const event of events) seen.push(event.type === "MODIFIED" && event.entry.object);
      expect(seen).toEqual([{ apiVersion: "v1", kind: "ConfigMap", metadata }]);
      expect(transport.seen.map(({ headers }) => headers["accept"])).toEqual([
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
      ]);
    });

    const signal = new AbortController().signal;

    it.each([
      [{ labelSelector: "(((" }, "listWatch ConfigMap: labelSelector: "],
      [{ fieldSelector: "spec" }, "listWatch ConfigMap: fieldSelector: "],
    ])("refuses %j, which the server would refuse again and again", (scope, message) => {
      const { client } = clientOf(() => ({ body: {} }));
      expect(() => client.listWatch(ConfigMap, scope)).toThrow(message);
    });

    it("refuses half a kind, and does not take it for one it has seen", async () => {
      const { client } = clientOf();
      const half = { apiVersion: "apps/v1", kind: "Deployment" } as Kind;
      expect(() => client.listWatch(half)).toThrow("apiVersion and kind alone do not say where objects are");
      expect(await client.get(half, web.metadata)).toEqual(web);
    });

    it("lists a page of frozen entries, without managedFields", async () => {
      const item = { metadata: { ...entry("a", "3").metadata, managedFields: [{}] } };
      const { client, transport } = clientOf(() => ({
        body: { kind: "ConfigMapList", metadata: { resourceVersion: "5", continue: "next", remainingItemCount: 7 }, items: [item] },
      }));
      const source = client.listWatch(ConfigMap, { namespace: "x", labelSelector: "a=b" });
      const page = await source.list({ limit: 500, resourceVersion: "0", resourceVersionMatch: "NotOlderThan", signal });
      const entries = page.entries.map(({ key, uid, resourceVersion, object }) => ({ key, uid, resourceVersion, object }));
      expect({ ...page, entries }).toEqual({
        resourceVersion: "5",
        continue: "next",
        remainingItemCount: 7,
        entries: [{ key: "x/a", uid: "u-a", resourceVersion: "3", object: { apiVersion: "v1", kind: "ConfigMap", ...entry("a", "3") } }],
      });
      expect(Object.isFrozen(page.entries[0]?.object.metadata)).toBe(true);
      expect(transport.paths).toEqual([
        "GET /api/v1/namespaces/x/configmaps?limit=500&resourceVersion=0&resourceVersionMatch=NotOlderThan&labelSelector=a%3Db",
      ]);
    });

    it("has no time limit of its own for a page, and passes signs of life on", async () => {
      const clock = new ManualClock();
      const arrived = Promise.withResolvers<FakeAnswer>();
      const client = new KubernetesClient({ transport: new FakeTransport(() => arrived.promise), clock, requestTimeoutMs: 1_000 });
      let signs = 0;
      const page = client.listWatch(ConfigMap).list({ signal, onProgress: () => (signs += 1) });
      await clock.advance(3_600_000);
      expect(signs).toBe(0);
      arrived.resolve({ body: { kind: "ConfigMapList", metadata: { resourceVersion: "5" }, items: [] } });
      expect((await page).resourceVersion).toBe("5");
      expect(signs).toBe(2);
    });

    it("watches, and ends when the server ends it", async () => {
      const { client, transport } = clientOf(() => ({
        chunks: lines({ type: "ADDED", object: entry("a", "6") }, { type: "BOOKMARK", object: { metadata: { resourceVersion: "8" } } }),
      }));
      const request = {
        resourceVersion: "5",
        sendInitialEvents: true,
        resourceVersionMatch: "NotOlderThan",
        allowWatchBookmarks: true,
      } as const;
      const stream = await client.listWatch(ConfigMap).watch({ ...request, timeoutSeconds: 300, signal });
      const seen: string[] = [];
      for await (const batch of stream)
        for (const event of batch) seen.push(event.type === "ADDED" ? `ADDED ${event.entry.key}` : event.type);
      expect(seen).toEqual(["ADDED x/a", "BOOKMARK"]);
      expect(transport.paths).toEqual([
        "GET /api/v1/configmaps?watch=true&resourceVersion=5&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=300",
      ]);
    });

    it("rejects a watch that is refused, and one that is answered by a page", async () => {
      await expect(watchAnsweredBy(failure(410, "Expired", "too old"))).rejects.toMatchObject({
        code: "Expired",
        message: "watch ConfigMap: too old",
      });
      const left = Promise.withResolvers<void>();
      const more = (): Promise<IteratorResult<Uint8Array>> => Promise.resolve({ done: false, value: Buffer.from("<html>") });
      const end = (): Promise<IteratorResult<Uint8Array>> => (left.resolve(), Promise.resolve({ done: true, value: undefined }));
      const chunks = { [Symbol.asyncIterator]: () => ({ next: more, return: end }) };
      await expect(watchAnsweredBy({ chunks, headers: { "content-type": "text/html" } })).rejects.toMatchObject({
        code: "MalformedResponse",
      });
      await left.promise;
    });

    it("makes one request and no more: the reflector decides when to try again", async () => {
      const { client, transport } = clientOf(() => failure(429, "TooManyRequests", "later", { "retry-after": "3" }));
      await expect(client.listWatch(ConfigMap).list({ signal })).rejects.toMatchObject({ code: "TooManyRequests", retryAfterMs: 3_000 });
      expect(transport.seen).toHaveLength(1);
    });

    it("hands out what a piece of bytes completes, and nothing for one that completes nothing", async () => {
      const bytes = Buffer.from(await textOf(lines({ type: "ADDED", object: entry("a", "6") })));
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10);
      }
      const { client } = clientOf(() => ({ chunks: chunks() }));
      const sizes: number[] = [];
      for await (const batch of await client.listWatch(ConfigMap).watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal }))
        sizes.push(batch.length);
      expect(sizes).toEqual([1]);
    });

    it("gives the event loop its turn in the middle of a large page", async () => {
      const body = {
        kind: "ConfigMapList",
        metadata: { resourceVersion: "5" },
        items: Array.from({ length: 20_000 }, (_, i) => entry(`${i}`, "1")),
      };
      const { client } = clientOf(() => ({ body }));
      let turns = 0;
      let isOver = false;
      const count = (): void => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      setImmediate(count);
      const { entries } = await client.listWatch(ConfigMap).list({ signal });
      isOver = true;
      expect(entries).toHaveLength(20_000);
      expect(turns).toBeGreaterThan(2);
    });

    it("freezes nothing in production", async () => {
      onTestFinished(() => void vi.unstubAllEnvs());
      vi.stubEnv("NODE_ENV", "production");
      const body = { kind: "ConfigMapList", metadata: { resourceVersion: "5" }, items: [entry("a", "3")] };
      const { entries } = await clientOf(() => ({ body }))
        .client.listWatch(ConfigMap)
        .list({ signal });
      expect(Object.isFrozen(entries[0]?.object)).toBe(false);
    });

    it("throws at a corrupt line after the events before it, and leaves the stream", async () => {
      let wasLeft = false;
      async function* chunks(): AsyncGenerator<Uint8Array> {
        try {
          yield* lines({ type: "ADDED", object: entry("a", "6") }, '{"type":\n', { type: "ADDED", object: entry("b", "7") });
        } finally {
          wasLeft = true;
        }
      }
      const { client } = clientOf(() => ({ chunks: chunks() }));
      const stream = await client.listWatch(ConfigMap).watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal });
      const seen: string[] = [];
      await expect(
        (async () => {
          for await (const batch of stream) seen.push(...batch.map(({ type }) => type));
        })(),
      ).rejects.toMatchObject({ code: "MalformedResponse" });
      expect(seen).toEqual(["ADDED"]);
      expect(wasLeft).toBe(true);
    });

    it("ends when its own signal or the client's is aborted", async () => {
      const { client } = clientOf((_request, ended) => silence(ended));
      const controller = new AbortController();
      const bound = client.with({ signal: controller.signal });
      const watch = bound.listWatch(ConfigMap).watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal });
      const rejected = rejection(watch);
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Error("stopping"));
      expect(await rejected).toMatchObject({ message: expect.stringContaining("stopping") });
    });
  });

  it("is typed by the kind it is given", async () => {
    const { client } = clientOf();
    const found: KubernetesObject = await client.get(Deployment, web.metadata);
    expect(found.metadata.name).toBe("web");
  });
});

function entry(name: string, resourceVersion: string) {
  return { metadata: { name, namespace: "x", uid: `u-${name}`, resourceVersion } };
}

async function* lines(...events: readonly unknown[]): AsyncGenerator<Uint8Array> {
  for (const event of events) yield Buffer.from(typeof event === "string" ? event : `${JSON.stringify(event)}\n`);
}

function watchAnsweredBy(answer: FakeAnswer) {
  const { client } = clientOf(() => answer);
  return client.listWatch(ConfigMap).watch({ allowWatchBookmarks: true, timeoutSeconds: 300, signal: new AbortController().signal });
}
