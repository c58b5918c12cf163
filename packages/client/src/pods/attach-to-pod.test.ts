import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { clientOf, frameOf, pod, shell, startPodServer } from "./testing/pod-server.ts";

describe("KubernetesClient.attach", () => {
  it("carries the container's streams until it ends", async () => {
    await using server = await startPodServer({ onSocket: shell });
    await using client = await clientOf(server);
    expect(await client.attach(pod, { stdin: "you", container: "c" })).toEqual({ stdout: "hello you", stderr: "error" });
    expect(server.seen.map(({ url }) => url)).toEqual([
      "/api/v1/namespaces/x/pods/a/attach?stdin=true&stdout=true&stderr=true&tty=false&container=c",
    ]);
    await expect.poll(server.openSockets).toBe(0);
  });

  it.each([
    [
      "what the kubelet says",
      frameOf(3, JSON.stringify({ status: "Failure", message: "no such container", code: 500 })),
      "no such container",
    ],
    ["that the connection ended", undefined, "the connection ended before the container did"],
  ])("rejects with %s", async (_title, status, message) => {
    await using server = await startPodServer({
      onSocket(socket) {
        if (status === undefined) socket.close();
        else socket.send(status);
      },
    });
    await using client = await clientOf(server);
    expect(await rejection(client.attach(pod))).toMatchObject({ message: `attach to Pod x/a: ${message}` });
  });

  it("detaches when its signal is aborted", async () => {
    await using server = await startPodServer({ onSocket: () => {} });
    await using client = await clientOf(server);
    const stop = new AbortController();
    const detached = rejection(client.attach(pod, { signal: stop.signal }));
    await expect.poll(server.openSockets).toBe(1);
    const reason = new Error("detached");
    stop.abort(reason);
    expect(await detached).toBe(reason);
    await expect.poll(server.openSockets).toBe(0);
  });
});
