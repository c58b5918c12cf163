import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { RawApi } from "../testing/raw-api.ts";

const PODS = "/api/v1/namespaces/default/pods";
const pod = (name: string, ...containers: readonly string[]): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { nodeName: "node", containers: containers.map((container) => ({ name: container, image: "a" })) },
});

async function withPod(...containers: readonly string[]): Promise<{ api: RawApi; clock: ManualClock }> {
  const clock = new ManualClock({ startMs: Date.UTC(2026, 0, 1) });
  const api = await RawApi.start({ clock });
  expect((await api.post(PODS, pod("p", ...(containers.length > 0 ? containers : ["main"])))).status).toBe(201);
  return { api, clock };
}

/** The lines of a follower as they come. */
async function follow(
  api: RawApi,
  query = "",
  signal?: AbortSignal,
): Promise<{ next(): Promise<string | undefined>; leave(): Promise<void> }> {
  const { body } = await api.send("GET", `${PODS}/p/log?follow=true${query}`, undefined, signal === undefined ? {} : { signal });
  const chunks = body[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await chunks.next();
      return done === true ? undefined : new TextDecoder().decode(value);
    },
    async leave() {
      await chunks.return?.();
    },
  };
}

const setPhase = (api: RawApi, status: object): Promise<unknown> =>
  api.request("PATCH", `${PODS}/p/status`, { status }, { headers: { "content-type": "application/merge-patch+json" } });

describe("a pod's log", () => {
  it("is text: the lines that were appended, in order", async () => {
    const { api } = await withPod();
    await using _ = api;
    api.server.podLogs.append({ name: "p" }, "one");
    api.server.podLogs.append({ name: "p" }, "two\nthree\n");
    const { status, headers, text } = await api.get(`${PODS}/p/log`);
    expect([status, headers["content-type"], text]).toEqual([200, "text/plain", "one\ntwo\nthree\n"]);
    expect((await api.get(`${PODS}/p/log`, { headers: { accept: "text/plain, application/json" } })).text).toBe(text);
    expect((await api.get(`${PODS}/p/log`, { headers: { accept: "application/foo" } })).status).toBe(406);
  });

  it("begins where it is asked to, and ends where it must", async () => {
    const { api, clock } = await withPod();
    await using _ = api;
    for (const line of ["one", "two", "three"]) {
      api.server.podLogs.append({ name: "p" }, line);
      await clock.advance(1_000);
    }
    const log = async (query: string): Promise<string> => (await api.get(`${PODS}/p/log?${query}`)).text;
    expect(await log("tailLines=2")).toBe("two\nthree\n");
    expect(await log("tailLines=0")).toBe("");
    expect(await log("tailLines=9")).toBe("one\ntwo\nthree\n");
    expect(await log("sinceSeconds=2")).toBe("two\nthree\n");
    expect(await log("sinceTime=2026-01-01T00:00:02Z")).toBe("three\n");
    expect(await log("limitBytes=6")).toBe("one\ntw");
    expect(await log("timestamps=true&tailLines=1")).toBe("2026-01-01T00:00:02.000Z three\n");
  });

  it("is each container's own", async () => {
    const { api } = await withPod("main", "side");
    await using _ = api;
    api.server.podLogs.append({ name: "p", container: "main" }, "of main");
    api.server.podLogs.append({ name: "p", container: "side" }, "of side");
    expect((await api.get(`${PODS}/p/log?container=side`)).text).toBe("of side\n");
    expect((await api.get(`${PODS}/p/log`)).json).toMatchObject({
      reason: "BadRequest",
      message: "a container name must be specified for pod p, choose one of: [main side]",
    });
    expect(() => api.server.podLogs.append({ name: "p" }, "whose?")).toThrow(/a container name must be specified/);
    expect(() => api.server.podLogs.append({ name: "p", container: "no" }, "whose?")).toThrow(/container no is not valid/);
    expect(() => api.server.podLogs.append({ name: "q" }, "whose?")).toThrow("log of pod default/q: there is no such pod");
  });

  it("of the run before is kept when a container starts again", async () => {
    const { api } = await withPod();
    await using _ = api;
    expect((await api.get(`${PODS}/p/log?previous=true`)).json).toMatchObject({
      code: 400,
      message: 'previous terminated container "main" in pod "p" not found',
    });
    api.server.podLogs.append({ name: "p" }, "panic");
    const follower = await follow(api);
    expect(await follower.next()).toBe("panic\n");
    api.server.podLogs.restart({ name: "p" });
    api.server.podLogs.append({ name: "p" }, "started");
    expect((await api.get(`${PODS}/p/log?previous=true`)).text).toBe("panic\n");
    expect((await api.get(`${PODS}/p/log`)).text).toBe("started\n");
  });

  it("of a container that waits to start is refused with what it waits for; without a node there is none", async () => {
    const { api } = await withPod();
    await using _ = api;
    expect((await api.get(`${PODS}/p/log`)).status).toBe(200);
    await setPhase(api, { containerStatuses: [{ name: "main", state: { waiting: { reason: "ContainerCreating" } } }] });
    expect((await api.get(`${PODS}/p/log`)).json).toMatchObject({
      code: 400,
      message: 'container "main" in pod "p" is waiting to start: ContainerCreating',
    });
    await api.post(PODS, { ...pod("free", "main"), spec: { containers: [{ name: "main", image: "a" }] } });
    const { status, text } = await api.get(`${PODS}/free/log`);
    expect([status, text]).toEqual([204, ""]);
  });

  it("goes with its pod, and another of its name begins anew", async () => {
    const { api } = await withPod();
    await using _ = api;
    api.server.podLogs.append({ name: "p" }, "old");
    await api.delete(`${PODS}/p?gracePeriodSeconds=0`);
    expect((await api.get(`${PODS}/p/log`)).status).toBe(404);
    await api.post(PODS, pod("p", "main"));
    expect((await api.get(`${PODS}/p/log`)).text).toBe("");
  });

  it("keeps the newest lines, and a follower that fell behind goes on with them", async () => {
    const { api } = await withPod();
    await using _ = api;
    const follower = await follow(api);
    for (let line = 0; line < 20_000; line += 1) api.server.podLogs.append({ name: "p" }, `line ${line}`);
    const lines = (await api.get(`${PODS}/p/log`)).text.split("\n");
    expect(lines.length).toBeLessThan(20_000);
    expect(lines.at(-2)).toBe("line 19999");
    expect((await follower.next())?.split("\n")[0]).toBe(lines[0]);
    await follower.leave();
  });
});

describe("a followed log", () => {
  it("gets each line at once, from before the first one on, and ends when the container does", async () => {
    const { api } = await withPod();
    await using _ = api;
    const follower = await follow(api);
    const first = follower.next();
    api.server.podLogs.append({ name: "p" }, "one");
    expect(await first).toBe("one\n");
    api.server.podLogs.append({ name: "p" }, "last words");
    await setPhase(api, { containerStatuses: [{ name: "main", state: { terminated: { exitCode: 0 } } }] });
    expect([await follower.next(), await follower.next()]).toEqual(["last words\n", undefined]);
  });

  it.each<[string, (api: RawApi) => Promise<unknown>]>([
    ["its pod succeeded", (api) => setPhase(api, { phase: "Succeeded" })],
    ["its pod failed", (api) => setPhase(api, { phase: "Failed" })],
    ["its pod is deleted", (api) => api.delete(`${PODS}/p?gracePeriodSeconds=0`)],
    ["its container starts again", async (api) => api.server.podLogs.restart({ name: "p" })],
  ])("ends when %s", async (_title, happen) => {
    const { api } = await withPod();
    await using _ = api;
    api.server.podLogs.append({ name: "p" }, "one");
    const follower = await follow(api, "&tailLines=0");
    const next = follower.next();
    await new Promise((resolve) => setImmediate(resolve));
    await happen(api);
    expect(await next).toBeUndefined();
  });

  it("ends with its limit of bytes, with its request and with the server", async () => {
    const { api } = await withPod();
    await using _ = api;
    const limited = await follow(api, "&limitBytes=4");
    api.server.podLogs.append({ name: "p" }, "one two");
    expect([await limited.next(), await limited.next()]).toEqual(["one ", undefined]);
    const stop = new AbortController();
    const stopped = await follow(api, "&tailLines=0", stop.signal);
    const next = stopped.next();
    stop.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    const closed = (await follow(api, "&tailLines=0")).next();
    await api.server.close();
    await expect(closed).rejects.toThrow("closed");
  });
});
