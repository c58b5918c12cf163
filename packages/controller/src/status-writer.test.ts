import { ApiError, type Client } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { StatusWriter } from "./status-writer.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo } from "./testing/harness.ts";

const intent = { status: { said: "hello" } };

function setUp(): { cluster: FakeCluster; api: Client; object: Echo; writer: StatusWriter<Echo> } {
  const cluster = new FakeCluster([Echo]);
  const object = cluster.put(echo("a"));
  return {
    cluster,
    api: cluster.client({ fieldManager: "echo" }),
    object,
    writer: new StatusWriter({ kind: Echo, clock: new ManualClock() }),
  };
}

/** An api whose applies fail. */
function failing(api: Client, error: ApiError): Client {
  return Object.assign(Object.create(api) as Client, {
    apply: () => Promise.reject(error),
    get: (kind: typeof Echo, ref: { name: string }) => api.get(kind, ref),
  });
}

describe("StatusWriter", () => {
  it("applies the status alone, bound to the object's uid", async () => {
    const { cluster, api, object, writer } = setUp();
    const bodies: unknown[] = [];
    cluster.onWrite = ({ body }) => void bodies.push(body);
    const written = await writer.write(object, intent, api);
    expect(written?.status).toEqual({ said: "hello", observedGeneration: 1 });
    expect(bodies).toEqual([
      {
        apiVersion: "example.com/v1",
        kind: "Echo",
        metadata: { name: "a", namespace: "n", uid: object.metadata.uid },
        status: { said: "hello", observedGeneration: 1 },
      },
    ]);
  });

  it("does not ask when there is nothing to say, or nothing new", async () => {
    const { cluster, api, object, writer } = setUp();
    expect(await writer.write(object, {}, api)).toBe(object);
    const written = await writer.write(object, intent, api);
    if (written !== undefined) await writer.write(written, intent, api);
    expect(cluster.writes).toHaveLength(1);
  });

  it("writes again when others own a part of it and that, the object or what it shall say is another by now", async () => {
    const { cluster, api, object, writer } = setUp();
    cluster.keepsInStatus = { phase: "theirs" };
    let now = (await writer.write(object, intent, api)) ?? object;
    now = (await writer.write(now, intent, api)) ?? object;
    expect(cluster.writes).toHaveLength(1);
    now = (await writer.write(now, { status: { said: "more" } }, api)) ?? object;
    expect(cluster.writes).toHaveLength(2);
    await writer.write({ ...now, status: { ...now.status, said: "theirs" } }, { status: { said: "more" } }, api);
    expect(cluster.writes).toHaveLength(3);
    const again = { ...now, metadata: { ...now.metadata, uid: "another" } };
    expect(await writer.write(again, { status: { said: "more" } }, api)).toBeUndefined();
    expect(cluster.writes).toHaveLength(4);
  });

  it("answers that the object is gone, when it is gone or another has its name", async () => {
    const { cluster, api, object, writer } = setUp();
    cluster.remove(Echo, { namespace: "n", name: "a" });
    expect(await writer.write(object, intent, api)).toBeUndefined();
    cluster.put(echo("a"));
    expect(await writer.write(object, intent, api)).toBeUndefined();
  });

  it("says what to do when the kind has no status", async () => {
    const { api, object, writer } = setUp();
    const missing = new ApiError("apply: not found", { code: "NotFound", status: 404, response: { reason: "NotFound", details: {} } });
    await expect(writer.write(object, intent, failing(api, missing))).rejects.toThrow(/Echo n\/a: the kind has no status subresource/);
  });

  it("passes on every other failure, a conflict over the same object too", async () => {
    const { api, object, writer } = setUp();
    for (const code of ["Conflict", "Forbidden"] as const) {
      const error = new ApiError(`apply: ${code}`, { code });
      await expect(writer.write(object, intent, failing(api, error))).rejects.toBe(error);
    }
  });
});
