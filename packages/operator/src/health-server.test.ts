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
