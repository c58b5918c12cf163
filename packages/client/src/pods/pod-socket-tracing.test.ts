import { RecordingTracer } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { clientOf, echoPort, exitStatus, frameOf, pod, shell, startPodServer } from "./testing/pod-server.ts";

const POD = "GET /api/v1/namespaces/{namespace}/pods/{name}";

describe("a connection to a pod", () => {
  it("is a span until it is open, part of the one that is active, and the server is told of it", async () => {
    const tracer = new RecordingTracer();
    await using server = await startPodServer({
      onSocket: (socket, request) => (request.url?.includes("/exec?") ? shell : say)(socket, request),
    });
    await using client = await clientOf(server, { tracer });
    const outer = tracer.startSpan("outer");
    await outer.run(async () => {
      await client.exec(pod, ["sh", "secret", "3"]);
      await client.attach(pod);
    });
    expect(tracer.text()).toBe(["outer", `  ${POD}/exec`, `  ${POD}/attach`].join("\n"));
    expect(server.seen.map(({ traceparent, token }) => [traceparent, token])).toEqual([
      ["span-2", "Bearer secret"],
      ["span-3", "Bearer secret"],
    ]);
    expect(tracer.spans[1]).toMatchObject({
      kind: "client",
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 101,
        "url.path": "/api/v1/namespaces/x/pods/a/exec",
        "k8s.namespace.name": "x",
        "k8s.object.kind": "Pod",
        "k8s.object.name": "a",
        "operatorkit.verb": "create",
      },
      failure: undefined,
      ends: 1,
    });
  });

  it("has a span that ends when it is open, however long it stays so", async () => {
    const tracer = new RecordingTracer();
    await using server = await startPodServer({ onSocket: echoPort });
    await using client = await clientOf(server, { tracer });
    const connection = await client.portForward(pod, 8080);
    expect(tracer.spans).toMatchObject([{ name: `${POD}/portforward`, attributes: { "http.response.status_code": 101 }, ends: 1 }]);
    const heard = new Promise((resolve) => connection.once("data", () => resolve(tracer.active)));
    connection.write("hello");
    expect(await heard).toBeUndefined();
    connection.destroy();
    expect(tracer.spans).toHaveLength(1);
  });

  it("says in its span how it was refused, and the plain request that asks for the reason has its own", async () => {
    const tracer = new RecordingTracer();
    const body = { kind: "Status", status: "Failure", message: "no such user", reason: "Unauthorized", code: 401 };
    await using server = await startPodServer({ refuse: () => ({ status: 401, body }) });
    await using client = await clientOf(server, { tracer });
    expect(await rejection(client.exec(pod, ["sh"]))).toMatchObject({ code: "Unauthorized" });
    expect(tracer.spans).toMatchObject([
      { attributes: { "http.response.status_code": 401 }, failure: { error: { code: "ConnectionFailed", status: 401 } }, ends: 1 },
      { attributes: { "http.response.status_code": 401 }, failure: { error: { code: "Unauthorized" } }, ends: 1 },
    ]);
  });

  it("that is refused for good is asked for once", async () => {
    const tracer = new RecordingTracer();
    await using server = await startPodServer({ refuse: (_request, isUpgrade) => (isUpgrade ? { status: 403, body: {} } : undefined) });
    await using client = await clientOf(server, { tracer });
    expect(await rejection(client.exec(pod, ["sh"]))).toMatchObject({ code: "Forbidden" });
    expect(tracer.spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([403, 400]);
  });

  it("that cannot be made, or is given up, says so in its span", async () => {
    const tracer = new RecordingTracer();
    const server = await startPodServer({});
    await using client = await clientOf(server, { tracer });
    await server[Symbol.asyncDispose]();
    const error = await rejection(client.portForward(pod, 1));
    expect(error).toMatchObject({ code: "ConnectionFailed" });
    expect(tracer.spans).toMatchObject([{ failure: { error }, ends: 1 }]);
    const stop = new AbortController();
    const given = client.exec(pod, ["sh"], { signal: stop.signal });
    stop.abort(new Error("enough"));
    expect(await rejection(given)).toBe(stop.signal.reason);
    expect(tracer.spans.at(-1)).toMatchObject({ failure: { error: stop.signal.reason }, ends: 1 });
  });
});

/** A container that has nothing to say. */
function say(socket: Parameters<typeof shell>[0]): void {
  socket.send(frameOf(3, JSON.stringify(exitStatus(0))));
  socket.close();
}
