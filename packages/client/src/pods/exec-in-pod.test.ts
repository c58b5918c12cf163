import { EventEmitter, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import { ManualClock } from "@operatorkit/observe/testing";
import { afterEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { importClientNode } from "../config/client-node.ts";
import { connect } from "../connect.ts";
import { KubernetesClient } from "../kubernetes-client.ts";
import { rejection } from "../testing/bodies.ts";
import { FakeTransport } from "../testing/fake-transport.ts";
import { testCa, testClientCertificate, testClientKey } from "../transport/testing/certificates.ts";
import { startHttpProxy, startSocksProxy } from "../transport/testing/test-proxies.ts";
import type { ExecOptions } from "./exec-in-pod.ts";
import { clientOf, exitStatus, frameOf, pod, shell, startPodServer, untilAtRest } from "./testing/pod-server.ts";

describe("toKubeConfig, with @kubernetes/client-node's own Exec", () => {
  it.each(["v5.channel.k8s.io", "v4.channel.k8s.io"])(
    "connects by %s with token, client certificate, CA and TLS server name",
    async (protocol) => {
      await using server = await startPodServer({ onSocket: shell, protocol });
      await using client = await clientOf(server, {
        clientCertificatePem: testClientCertificate,
        clientKeyPem: testClientKey,
        tlsServerName: "kubernetes.test",
      });
      const exec = new Exec(await client.toKubeConfig<KubeConfig>());
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const status = await new Promise<V1Status>((resolve, reject) => {
        exec.exec("x", "a", "c", ["sh", "3"], stdout, stderr, null, false, resolve).catch(reject);
      });
      expect(status).toEqual(exitStatus(3));
      expect([await text(stdout), await text(stderr)]).toEqual(["hello ", "error"]);
      expect(server.seen).toEqual([
        {
          url: "/api/v1/namespaces/x/pods/a/exec?stdout=true&stderr=true&stdin=false&tty=false&command=sh&command=3&container=c",
          token: "Bearer secret",
          certificate: "tester",
          serverName: "kubernetes.test",
        },
      ]);
    },
  );
});

describe("KubernetesClient.exec", () => {
  it("runs a command with stdin, and gives its output and exit code", async () => {
    await using server = await startPodServer({ onSocket: shell });
    await using client = await clientOf(server);
    expect(await client.exec(pod, ["sh", "3"], { stdin: "ü one\n", container: "c" })).toEqual({
      exitCode: 3,
      stdout: "hello ü one\n",
      stderr: "error",
    });
    expect(await client.exec(pod, ["sh", "a b&c", "0"])).toMatchObject({ exitCode: 0, stdout: "hello " });
    expect(server.seen.map(({ url }) => decodeURIComponent(url).replace(/.*exec\?/, ""))).toEqual([
      "stdin=true&stdout=true&stderr=true&tty=false&container=c&command=sh&command=3",
      "stdin=false&stdout=true&stderr=true&tty=false&command=sh&command=a+b&c&command=0",
    ]);
    await expect.poll(server.openSockets).toBe(0);
  });

  it("reads stdin from a stream, writes to streams, and leaves them open", async () => {
    await using server = await startPodServer({ onSocket: shell });
    await using client = await clientOf(server);
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const stdin = Readable.from(["one ", Buffer.from("two")]);
    expect(await client.exec(pod, ["sh", "0"], { stdin, stdout, stderr })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect([stdout.listenerCount("drain"), stdout.listenerCount("error")]).toEqual([0, 0]);
    stdout.end(" after");
    stderr.end();
    expect([await text(stdout), await text(stderr)]).toEqual(["hello one two after", "error"]);
  });

  it("lets the command wait while its output is not taken", async () => {
    const piece = Buffer.alloc(256 * 1024, "x");
    let sentBytes = 0;
    await using server = await startPodServer({
      onSocket(socket) {
        const send = (left: number): void => {
          if (left === 0) {
            socket.send(frameOf(3, JSON.stringify(exitStatus(0))));
            return;
          }
          socket.send(frameOf(1, piece), () => {
            sentBytes += piece.byteLength;
            send(left - 1);
          });
        };
        send(200);
      },
    });
    await using client = await clientOf(server);
    let takenBytes = 0;
    const waiting: (() => void)[] = [];
    let isOpen = false;
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        takenBytes += chunk.byteLength;
        if (isOpen) done();
        else waiting.push(done);
      },
    });
    const result = client.exec(pod, ["cat", "large"], { stdout });
    await untilAtRest(() => sentBytes);
    expect(sentBytes).toBeLessThan(25 * 1024 * 1024);
    expect(stdout.writableLength).toBeLessThan(2 * 1024 * 1024);
    isOpen = true;
    for (const done of waiting) done();
    expect((await result).exitCode).toBe(0);
    await expect.poll(() => takenBytes).toBe(200 * piece.byteLength);
  });

  it.each<[string, (resized: EventEmitter) => ExecOptions]>([
    ["those of the terminal that it writes to", (resized) => ({ stdout: terminalOf(resized) })],
    [
      "those given",
      () => ({
        terminalSize: Readable.from([
          { columns: 80, rows: 24 },
          { columns: 120, rows: 40 },
        ]),
      }),
    ],
  ])("tells a terminal's sizes: %s", async (_title, optionsOf) => {
    const resized = new EventEmitter();
    const sizes: unknown[] = [];
    await using server = await startPodServer({
      onSocket: (socket) =>
        socket.on("message", (message) => {
          const data = message as Buffer;
          if (data[0] !== 4) return;
          sizes.push(JSON.parse(data.subarray(1).toString()));
          if (sizes.length === 1) resized.emit("resize");
          else socket.send(frameOf(3, JSON.stringify(exitStatus(0))));
        }),
    });
    await using client = await clientOf(server);
    expect(await client.exec(pod, ["sh"], { tty: true, ...optionsOf(resized) })).toMatchObject({ exitCode: 0 });
    expect(sizes).toEqual([
      { Width: 80, Height: 24 },
      { Width: 120, Height: 40 },
    ]);
    expect(server.seen[0]?.url).toContain("stdin=false&stdout=true&stderr=false&tty=true");
    expect(resized.listenerCount("resize")).toBe(0);
  });

  it("rejects when a size that comes is none", async () => {
    await using server = await startPodServer({ onSocket: () => {} });
    await using client = await clientOf(server);
    const terminalSize = Readable.from([{ columns: 80, rows: 0 }]);
    expect(await rejection(client.exec(pod, ["sh"], { tty: true, terminalSize }))).toMatchObject({
      message: "resize: terminalSize.rows: 0 must be a whole number, 1 or more, 65535 or less",
    });
    await expect.poll(server.openSockets).toBe(0);
  });

  it("leaves a command whose connection is dead without a word, and none whose output is not taken", async () => {
    const clock = new ManualClock();
    let pings = 0;
    const sockets: WebSocket[] = [];
    await using server = await startPodServer({
      onSocket(socket) {
        sockets.push(socket.on("ping", () => (pings += 1)));
        socket.send(frameOf(1, "hello"));
      },
    });
    await using client = await clientOf(server, { clock, pingIntervalMs: 5_000, pingTimeoutMs: 2_000 });
    const stdout = new Writable({ highWaterMark: 1, write: () => {} });
    const [silent, held] = [rejection(client.exec(pod, ["sleep"])), rejection(client.exec(pod, ["cat"], { stdout }))];
    await expect.poll(() => stdout.writableLength).toBe(5);
    await expect.poll(() => clock.pendingTimers).toBe(2);
    await clock.advance(5_000);
    await expect.poll(() => pings).toBe(2);
    // What came back is taken in.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await clock.advance(2_000);
    for (const socket of sockets) socket.pause();
    await clock.advance(5_000);
    await clock.advance(2_000);
    expect(await silent).toMatchObject({
      code: "ConnectionFailed",
      message: "exec in Pod x/a: the other side did not answer a ping within 2 s",
    });
    expect(clock.pendingTimers).toBe(1);
    await client.close();
    expect(await held).toMatchObject({ message: "the client was closed" });
    await expect.poll(() => clock.pendingTimers).toBe(0);
  });

  it("leaves a command that says more than is collected", async () => {
    await using server = await startPodServer({ onSocket: (socket) => socket.send(frameOf(1, "too much")) });
    await using client = await clientOf(server);
    expect(await rejection(client.exec(pod, ["yes"], { maxOutputBytes: 7 }))).toMatchObject({
      code: "InvalidRequest",
      message: "exec in Pod x/a: stdout is larger than 7 bytes; give maxOutputBytes, or a stream",
    });
    await expect.poll(server.openSockets).toBe(0);
  });

  it.each([
    [
      "could not be run",
      JSON.stringify({ status: "Failure", reason: "InternalError", message: "no such file", code: 500 }),
      "InternalError",
      "exec in Pod x/a: no such file",
    ],
    ["ends with a status that is none", "{", undefined, "JSON"],
  ])("rejects a command that %s, and harms nothing else", async (_title, status, code, message) => {
    await using server = await startPodServer({ onSocket: (socket) => socket.send(frameOf(3, status)) });
    await using client = await clientOf(server);
    expect(await rejection(client.exec(pod, ["nope"]))).toMatchObject({ ...(code && { code }), message: expect.stringContaining(message) });
  });

  it("rejects when the connection ends before the command, when the stream it writes to breaks, and when stopped", async () => {
    await using server = await startPodServer({
      onSocket(socket, request) {
        if (request.url?.includes("cut")) socket.terminate();
        else socket.send(frameOf(1, "hello"));
      },
    });
    await using client = await clientOf(server);
    expect(await rejection(client.exec(pod, ["cut"]))).toMatchObject({
      code: "ConnectionFailed",
      message: "exec in Pod x/a: the connection ended before the command did",
    });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(new Error("disk full")) });
    expect(await rejection(client.exec(pod, ["sleep"], { stdout }))).toMatchObject({
      message: expect.stringContaining("stdout takes no more: Error: disk full"),
    });
    const stop = new AbortController();
    const reason = new Error("enough");
    const stopped = rejection(client.exec(pod, ["sleep"], { signal: stop.signal, stdin: new PassThrough() }));
    await expect.poll(server.openSockets).toBe(1);
    stop.abort(reason);
    expect(await stopped).toBe(reason);
    const closed = rejection(client.exec(pod, ["sleep"]));
    await expect.poll(server.openSockets).toBe(1);
    await client.close();
    expect(await closed).toMatchObject({ message: "the client was closed" });
    await expect.poll(server.openSockets).toBe(0);
  });

  it("tells of a refusal in the server's own words, with the rule that would allow it", async () => {
    const words = 'pods "a" is forbidden: User "me" cannot create resource "pods/exec" in API group "" in the namespace "x"';
    const body = { kind: "Status", status: "Failure", message: words, reason: "Forbidden", code: 403 };
    await using server = await startPodServer({ refuse: () => ({ status: 403, body }) });
    await using client = await clientOf(server);
    expect(await rejection(client.exec(pod, ["ls"]))).toMatchObject({
      code: "Forbidden",
      message: `exec in Pod x/a: ${words}; to allow it, bind a Role in namespace x with the rule { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] } to that user`,
    });
    await using upgrading = await startPodServer({ refuse: (_request, isUpgrade) => (isUpgrade ? { status: 403, body } : undefined) });
    await using other = await clientOf(upgrading);
    expect(await rejection(other.exec(pod, ["ls"]))).toMatchObject({
      code: "Forbidden",
      message: expect.stringContaining('one more rule: { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }'),
    });
  });

  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it("connects once more with the token of now after a 401", async () => {
    const folder = await mkdtemp(join(tmpdir(), "operatorkit-client-"));
    folders.push(folder);
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "old");
    const body = { kind: "Status", status: "Failure", message: "Unauthorized", reason: "Unauthorized", code: 401 };
    await using server = await startPodServer({
      onSocket: shell,
      refuse: ({ headers }) => (headers.authorization === "Bearer new" ? undefined : { status: 401, body }),
    });
    const cluster = { server: server.url, "certificate-authority-data": Buffer.from(testCa).toString("base64") };
    const kubeconfig = {
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: { tokenFile } }],
      contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
      "current-context": "one",
    };
    await using client = await connect({ kubeconfig: { text: JSON.stringify(kubeconfig) } });
    expect(await rejection(client.exec(pod, ["sh", "0"]))).toMatchObject({ code: "Unauthorized" });
    await writeFile(tokenFile, "new");
    expect(await client.exec(pod, ["sh", "0"])).toMatchObject({ exitCode: 0 });
    expect(server.seen.map(({ token }) => token)).toEqual(["Bearer old", "Bearer old", "Bearer new"]);
  });

  it.each([
    ["http", () => startHttpProxy()],
    ["socks5", () => startSocksProxy()],
  ])("goes through a proxy: %s", async (scheme, start) => {
    await using server = await startPodServer({ onSocket: shell });
    await using proxy = await start();
    await using client = await clientOf(server, { proxyUrl: `${scheme}://127.0.0.1:${proxy.port}` });
    expect(await client.exec(pod, ["sh", "0"])).toMatchObject({ exitCode: 0 });
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });

  it("gives up a server that does not answer in time", async () => {
    const clock = new ManualClock();
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(silent, "listening");
    await using client = await clientOf({ url: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` }, { clock });
    const late = rejection(client.exec(pod, ["ls"]));
    await expect.poll(() => sockets.length).toBe(1);
    await clock.advance(60_000);
    expect(await late).toMatchObject({ code: "DeadlineExceeded", message: "exec in Pod x/a: no connection within 60 s" });
    expect(clock.pendingTimers).toBe(0);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it.each([
    ["no command", [], {}, "command: a list must hold words"],
    ["a terminal with stderr", ["sh"], { tty: true, stderr: new PassThrough() }, "stderr: a terminal has none"],
    ["sizes of no terminal", ["sh"], { terminalSize: { columns: 80, rows: 24 } }, "terminalSize: without tty there is no terminal"],
    ["half a size", ["sh"], { tty: true, terminalSize: { columns: 80, rows: 0.5 } }, "terminalSize.rows: 0.5 must be a whole number"],
    ["room for nothing", ["sh"], { maxOutputBytes: 0 }, "maxOutputBytes: 0 must be a whole number, 1 or more"],
  ])("refuses %s", async (_title, command, options, message) => {
    await using client = await clientOf({ url: "https://127.0.0.1:1" });
    expect(await rejection(client.exec(pod, command, options))).toMatchObject({
      code: "InvalidRequest",
      message: expect.stringContaining(`exec in Pod x/a: ${message}`),
    });
  });

  it("refuses a client that only has a transport", async () => {
    const client = new KubernetesClient({ transport: new FakeTransport(() => ({})) });
    expect(await rejection(client.exec(pod, ["ls"]))).toMatchObject({ code: "InvalidOptions" });
  });
});

/** Output that is a terminal, of 80 × 24 characters until it is resized. */
function terminalOf(resized: EventEmitter): Writable {
  const terminal = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  resized.once("resize", () => {
    Object.assign(terminal, { columns: 120, rows: 40 });
    terminal.emit("resize");
  });
  return terminal.resume();
}

describe("importClientNode", () => {
  it("says which package is missing, and for what", async () => {
    const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    expect(await rejection(importClientNode("exec in Pod x/a", () => Promise.reject(missing)))).toMatchObject({
      name: "ConfigError",
      code: "PackageMissing",
      message: "exec in Pod x/a needs the package @kubernetes/client-node, which is not installed; npm install @kubernetes/client-node",
    });
  });
});
