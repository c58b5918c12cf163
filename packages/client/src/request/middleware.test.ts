import { ApiError } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { connect } from "../connect.ts";
import { rejection } from "../testing/bodies.ts";
import { FakeTransport, failure } from "../testing/fake-transport.ts";
import type { Middleware } from "./middleware.ts";

const version = { gitVersion: "v1.36.3" };

describe("middleware", () => {
  it("stands around each attempt, the first outermost, and may change request and answer", async () => {
    const told: string[] = [];
    const named =
      (name: string): Middleware =>
      async (request, send) => {
        told.push(`${name} asks`);
        const answer = await send({ ...request, headers: { ...request.headers, [`x-${name}`]: "1" } });
        told.push(`${name} gets ${answer.status}`);
        return answer;
      };
    let requests = 0;
    const transport = new FakeTransport(() => (requests++ === 0 ? failure(503, "ServiceUnavailable", "x") : { body: version }));
    await using client = await connect({ transport, middleware: [named("outer"), named("inner")], backoff: () => 0 });
    expect(await client.serverVersion()).toEqual(version);
    const attempt = (status: number) => ["outer asks", "inner asks", `inner gets ${status}`, `outer gets ${status}`];
    expect(told).toEqual([...attempt(503), ...attempt(200)]);
    expect(transport.seen[0]?.headers).toMatchObject({ "x-outer": "1", "x-inner": "1" });
  });

  it("passes its own ApiError on, and counts anything else it throws as a connection that broke", async () => {
    const refusing = new ApiError("not today", { code: "Forbidden", status: 403 });
    const transport = new FakeTransport(() => ({ body: version }));
    await using refused = await connect({
      transport,
      middleware: [
        async () => {
          throw refusing;
        },
      ],
    });
    expect(await rejection(refused.serverVersion())).toBe(refusing);
    await using broken = await connect({
      transport,
      middleware: [
        async () => {
          throw new Error("no luck");
        },
      ],
      backoff: () => 0,
    });
    expect(await rejection(broken.serverVersion())).toMatchObject({
      code: "ConnectionFailed",
      message: "get the server's version: no answer from the API server: no luck",
    });
    expect(transport.seen).toEqual([]);
  });
});
