import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";
import type { HealthCheck } from "@operatorkit/observe";
import { expect, it } from "vitest";
import { healthAnswer, HealthServer } from "./health-server.ts";

const check = (type: HealthCheck["type"], name: string, ailment?: string): HealthCheck => ({ name, type, check: () => ailment });

it.each([
  ["/livez", [check("live", "loop"), check("ready", "cache", "is stale")], 200, "ok\n"],
  ["/readyz", [check("live", "loop"), check("ready", "cache", "is stale")], 503, "cache: is stale\n"],
  ["/healthz?verbose", [check("live", "loop", "hangs"), check("ready", "cache", "is stale")], 503, "loop: hangs\ncache: is stale\n"],
  ["/metrics", [], 404, "ask /livez, /readyz or /healthz\n"],
] as const)("answers %s", (url, checks, status, text) => {
  expect(healthAnswer(url, checks)).toEqual({ status, text });
});

it("counts a check that throws as one that fails", () => {
  const broken: HealthCheck = {
    name: "broken",
    type: "live",
    check: () => {
      throw new Error("oops");
    },
  };
  expect(healthAnswer("/livez", [broken])).toMatchObject({ status: 503, text: expect.stringContaining("broken: the check itself failed") });
});

it("answers over HTTP, says when its port is taken, and frees it", async () => {
  const options = { port: 0, host: "127.0.0.1", checks: () => [check("ready", "cache")] };
  await using server = await HealthServer.start(options);
  expect(await (await fetch(`http://127.0.0.1:${server.port}/readyz`)).text()).toBe("ok\n");
  await expect(HealthServer.start({ ...options, port: server.port })).rejects.toThrow(/choose another port/);
  const { port } = server;
  await server.close();
  await using again = await HealthServer.start({ ...options, port });
  expect(again.port).toBe(port);
});

it("is only read: HEAD is answered as GET without a body, anything else with 405", async () => {
  await using server = await HealthServer.start({ port: 0, host: "127.0.0.1", checks: () => [], metricsText: () => "up 1\n" });
  const ask = async (method: string, path: string): Promise<[number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [answer.status, await answer.text()];
  };
  expect(await ask("HEAD", "/readyz")).toEqual([200, ""]);
  expect(await ask("POST", "/readyz")).toEqual([405, "only GET\n"]);
  expect(await ask("GET", "/metrics?format=text")).toEqual([200, "up 1\n"]);
});

it("answers 500 when a check list or the metrics cannot be made, and lives on; so it does when a connection cannot be taken", async () => {
  const errors: string[] = [];
  let served: Server | undefined;
  const see = (message: unknown): void => void (served = (message as { server: Server }).server);
  subscribe("http.server.request.start", see);
  let isBroken = true;
  await using server = await HealthServer.start({
    port: 0,
    host: "127.0.0.1",
    checks: () => {
      if (isBroken) throw new Error("no checks");
      return [];
    },
    metricsText: () => {
      throw new Error("no metrics");
    },
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
  });
  const status = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
  expect([await status("/livez"), await status("/metrics")]).toEqual([500, 500]);
  unsubscribe("http.server.request.start", see);
  for (let times = 0; times < 2; times += 1) served?.emit("error", new Error("accept EMFILE"));
  isBroken = false;
  expect(await status("/livez")).toBe(200);
  expect(errors).toEqual(["no checks", "no metrics", "accept EMFILE", "accept EMFILE"]);
});
