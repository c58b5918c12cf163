import { once } from "node:events";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { PortForward, type KubeConfig } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { clientOf, echoPort, frameOf, pod, startPodServer, untilAtRest } from "./testing/pod-server.ts";

/** What the kubelet takes for port-forward. */
const protocol = "v4.channel.k8s.io";

describe("toKubeConfig, with @kubernetes/client-node's own PortForward", () => {
  it("carries bytes both ways", async () => {
    await using server = await startPodServer({ onSocket: echoPort, protocol });
    await using client = await clientOf(server);
    const [output, input] = [new PassThrough(), new PassThrough()];
    const socket = await new PortForward(await client.toKubeConfig<KubeConfig>()).portForward("x", "a", [8080], output, null, input);
    input.write("hello bye");
    const [answer] = (await once(output, "data")) as [Buffer];
    expect(answer.toString()).toBe("HELLO BYE");
    expect(server.seen).toMatchObject([{ url: "/api/v1/namespaces/x/pods/a/portforward?ports=8080", token: "Bearer secret" }]);
    expect(socket).toHaveProperty("close");
  });
});

describe("KubernetesClient.portForward", () => {
  it("is a stream both ways, which ends when the pod's side does", async () => {
    await using server = await startPodServer({ onSocket: echoPort, protocol });
    await using client = await clientOf(server);
    const connection = await client.portForward(pod, 8080);
    connection.write("hello ");
    connection.write("bye");
    expect(await text(connection)).toBe("HELLO BYE");
    await expect.poll(server.openSockets).toBe(0);
    expect(connection.destroyed).toBe(true);
    expect(server.seen).toMatchObject([{ url: "/api/v1/namespaces/x/pods/a/portforward?ports=8080" }]);
  });

  it("is destroyed by what the kubelet reports, whatever pieces it comes in", async () => {
    await using server = await startPodServer({
      protocol,
      onSocket(socket) {
        for (const piece of [[0x90], [0x1f]]) socket.send(frameOf(1, Buffer.from(piece)));
        socket.send(frameOf(1, "connection refused\n"));
      },
    });
    await using client = await clientOf(server);
    // In the same packet as the end of the handshake it comes before anybody can listen.
    expect(await rejection(client.portForward(pod, 8080).then(text))).toMatchObject({
      code: "ConnectionFailed",
      message: "forward port 8080 of Pod x/a: connection refused",
    });
    await expect.poll(server.openSockets).toBe(0);
  });

  it("holds the pod's side back while nobody reads", async () => {
    const piece = Buffer.alloc(256 * 1024);
    let sentBytes = 0;
    await using server = await startPodServer({
      protocol,
      onSocket(socket) {
        const send = (left: number): void => {
          if (left === 0) socket.close();
          else socket.send(frameOf(0, piece), () => ((sentBytes += piece.byteLength), send(left - 1)));
        };
        socket.send(frameOf(0, Buffer.from([0x90, 0x1f])), () => send(200));
      },
    });
    await using client = await clientOf(server);
    const connection = await client.portForward(pod, 8080);
    await untilAtRest(() => sentBytes);
    expect(connection.readableLength).toBeLessThan(2 * 1024 * 1024);
    let received = 0;
    for await (const chunk of connection) received += (chunk as Buffer).byteLength;
    expect(received).toBe(200 * piece.byteLength);
  });

  it("ends with its signal, with the client, and when it is destroyed", async () => {
    await using server = await startPodServer({ onSocket: echoPort, protocol });
    await using client = await clientOf(server);
    const stop = new AbortController();
    const reason = new Error("enough");
    const stopped = await client.portForward(pod, 8080, { signal: stop.signal });
    const left = await client.portForward(pod, 8080);
    const closed = await client.portForward(pod, 8080);
    expect(server.openSockets()).toBe(3);
    const ended = rejection(text(stopped));
    stop.abort(reason);
    expect(await ended).toBe(reason);
    left.destroy();
    const gone = rejection(text(closed));
    await client.close();
    expect(await gone).toMatchObject({ message: "the client was closed" });
    await expect.poll(server.openSockets).toBe(0);
  });

  it.each([0, 65_536, 1.5, Number.NaN])("refuses the port %s", async (port) => {
    await using client = await clientOf({ url: "https://127.0.0.1:1" });
    expect(await rejection(client.portForward(pod, port))).toMatchObject({
      code: "InvalidRequest",
      message: expect.stringContaining(`port: ${port} must be a whole number, 1 or more, 65535 or less`),
    });
  });
});
