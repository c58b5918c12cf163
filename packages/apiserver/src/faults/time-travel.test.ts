import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RawJson, RawApi, eventsOf, widgetCrd } from "../testing/raw-api.ts";

const PATH = "/api/v1/namespaces/default/configmaps";

let api: RawApi;

beforeEach(async () => {
  api = await RawApi.start();
});

afterEach(async () => {
  await api.server.close();
});

async function put(name: string, value: string): Promise<string> {
  const body = { metadata: { name }, data: { value } };
  const { status } = await api.get(`${PATH}/${name}`, { headers: { "user-agent": "live" } });
  const { json } = status === 404 ? await api.post(PATH, body) : await api.put(`${PATH}/${name}`, body);
  return json["metadata"]?.["resourceVersion"] as unknown as string;
}

async function shown(path = PATH, userAgent = "stale"): Promise<readonly unknown[]> {
  const { json } = await api.get(path, { headers: { "user-agent": userAgent } });
  return (json["items"] as unknown as readonly RawJson[]).map(
    (item) => `${item["metadata"]?.["name"] as unknown as string} ${item["data"]?.["value"] as unknown as string}`,
  );
}

async function watched(query: string): Promise<AsyncIterator<Uint8Array>> {
  const { body } = await api.send("GET", `${PATH}?watch=true&${query}`, undefined, { headers: { "user-agent": "stale" } });
  return body[Symbol.asyncIterator]();
}

async function next(watch: AsyncIterator<Uint8Array>): Promise<readonly unknown[]> {
  const { value } = await watch.next();
  return eventsOf(new TextDecoder().decode(value as Uint8Array)).map(
    ({ type, object }) => `${type as unknown as string} ${object?.["metadata"]?.["name"] as unknown as string}`,
  );
}

describe("a frozen view", () => {
  it("lists, gets and watches at its version, for whom it concerns, and catches up when released", async () => {
    const before = await put("a", "1");
    const watch = await watched(`resourceVersion=${before}`);
    const release = api.server.freeze({ kind: "ConfigMap", userAgent: "stale" });
    const after = await put("a", "2");
    await put("b", "1");
    expect(await shown()).toEqual(["a 1"]);
    expect(await shown(PATH, "live")).toEqual(["a 2", "b 1"]);
    const headers = { "user-agent": "stale" };
    const old = await api.get(`${PATH}/a`, { headers });
    expect([old.json["data"], (await api.get(`${PATH}/b`, { headers })).status]).toEqual([{ value: "1" }, 404]);
    expect((await api.get(`${PATH}?resourceVersion=${after}`, { headers })).status).toBe(504);
    const pending = next(watch);
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(await pending).toEqual(["MODIFIED a", "ADDED b"]);
    expect(await shown()).toEqual(["a 2", "b 1"]);
    await watch.return?.();
  });

  it("can be older than the present: a client is moved back in time", async () => {
    const at = await put("a", "1");
    await api.delete(`${PATH}/a`);
    const release = api.server.freeze({ at });
    expect(await shown()).toEqual(["a 1"]);
    const watch = await watched("sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
    expect((await next(watch))[0]).toBe("ADDED a");
    release();
    expect(await next(watch)).toEqual(["DELETED a"]);
    await watch.return?.();
    expect(await shown()).toEqual([]);
  });

  it("takes writes", async () => {
    const release = api.server.freeze();
    expect((await api.post(PATH, { metadata: { name: "a" } })).status).toBe(201);
    expect(await shown()).toEqual([]);
    release();
    expect(await shown()).toHaveLength(1);
  });

  it("shows the present to reads that name no version, if asked to be a server that only lags", async () => {
    await put("a", "1");
    const release = api.server.freeze({ kind: "ConfigMap", consistentReads: true });
    await put("a", "2");
    expect(await shown()).toEqual(["a 2"]);
    expect(await shown(`${PATH}?resourceVersion=0`)).toEqual(["a 1"]);
    const watch = await watched("resourceVersion=0");
    expect(await next(watch)).toEqual(["ADDED a"]);
    release();
    expect(await next(watch)).toEqual(["MODIFIED a"]);
    await watch.return?.();
  });

  it("is answered 410 when its history is gone", async () => {
    await put("a", "1");
    api.server.freeze({ kind: "ConfigMap", userAgent: "stale" });
    await put("a", "2");
    api.server.compact();
    expect((await api.get(PATH, { headers: { "user-agent": "stale" } })).status).toBe(410);
  });

  it.each<[string, object]>([
    ["at: 999999 must be a version up to", { at: "999999" }],
    ["at: x must be a version up to", { at: "x" }],
    ["kind: 1 must be a string", { kind: 1 }],
    ["kinds: is not known", { kinds: "A" }],
    ['consistentReads: "yes" must be true or false', { consistentReads: "yes" }],
  ])("is refused when %s", (message, options) => {
    expect(() => api.server.freeze(options)).toThrow(message);
  });
});

describe("a restart", () => {
  it("breaks what is open and answers again", async () => {
    await put("a", "1");
    const watch = await watched(`resourceVersion=${api.server.resourceVersion}`);
    const outcome = watch.next().catch((error: unknown) => error);
    await api.server.restart();
    expect(await outcome).toMatchObject({ code: "ECONNRESET" });
    expect(await shown()).toEqual(["a 1"]);
  });

  it("answers nobody while it is down", async () => {
    const restarting = api.server.restart({ downMs: 20 });
    await expect(api.get(PATH)).rejects.toMatchObject({ code: "ECONNRESET" });
    await restarting;
    expect((await api.get(PATH)).status).toBe(200);
  });

  it("comes back with an older state, and gives out its versions again", async () => {
    const at = await put("a", "1");
    await put("b", "1");
    await put("a", "2");
    await api.server.restart({ to: at });
    expect(await shown()).toEqual(["a 1"]);
    expect(api.server.resourceVersion).toBe(at);
    expect(await put("c", "1")).toBe(String(Number(at) + 1));
    const watch = await watched(`resourceVersion=${at}`);
    expect(await next(watch)).toEqual(["ADDED c"]);
    await watch.return?.();
    expect(await shown()).toEqual(["a 1", "c 1"]);
  });

  it("forgets kinds that were not there, and knows again those that were", async () => {
    const at = api.server.resourceVersion;
    const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await api.post(crds, widgetCrd());
    await new Promise((resolve) => setTimeout(resolve, 20));
    const widgets = "/apis/example.com/v1/namespaces/default/widgets";
    expect((await api.post(widgets, { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } })).status).toBe(201);
    const withCrd = api.server.resourceVersion;
    await api.server.restart({ to: withCrd });
    expect((await api.get(`${widgets}/w`)).status).toBe(200);
    await api.server.restart({ to: at });
    expect((await api.get(widgets)).status).toBe(404);
  });

  it.each<[string, object]>([
    ['to: "x" must be a resource version', { to: "x" }],
    ["is not there yet", { to: "999999" }],
    ["downMs: -1 must be a number, 0 or more", { downMs: -1 }],
  ])("is refused when %s", async (message, options) => {
    await expect(api.server.restart(options)).rejects.toThrow(message);
    expect((await api.get(PATH)).status).toBe(200);
  });

  it("refuses a version that was compacted, before anything breaks", async () => {
    const at = await put("a", "1");
    await put("a", "2");
    await put("a", "3");
    api.server.compact();
    await expect(api.server.restart({ to: at })).rejects.toThrow("no longer in the history of");
    expect(await shown()).toEqual(["a 3"]);
  });

  it("ends with the server", async () => {
    const restarting = api.server.restart({ downMs: 60_000 });
    await api.server.close();
    await restarting;
    await expect(api.server.restart()).rejects.toThrow("closed");
  });
});
