import { EventEmitter } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { cliOptions } from "./cli-options.ts";
import { runCli } from "./run-cli.ts";

describe("cliOptions", () => {
  it("serves on loopback with TLS unless told otherwise", () => {
    expect(cliOptions([])).toEqual({
      type: "serve",
      host: "127.0.0.1",
      port: 6443,
      kubeconfig: "operatorkit.kubeconfig",
      tls: true,
      token: undefined,
      verbose: false,
    });
    expect(cliOptions(["--port", "0", "--host=::1", "--no-tls", "--token", "t", "--kubeconfig", "k", "--verbose"])).toEqual({
      type: "serve",
      host: "::1",
      port: 0,
      kubeconfig: "k",
      tls: false,
      token: "t",
      verbose: true,
    });
    expect(cliOptions(["-h"])).toEqual({ type: "help" });
  });

  it.each([
    [["--port", "abc"], '--port must be a whole number from 0 to 65535, not "abc"'],
    [["--port", "70000"], '--port must be a whole number from 0 to 65535, not "70000"'],
    [["--port="], '--port must be a whole number from 0 to 65535, not ""'],
    [["--bogus"], "Unknown option '--bogus'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--no-tls=yes"], "Option '--no-tls' does not take an argument"],
    [["extra"], "Unexpected argument 'extra'"],
    [["--token", "a b"], "--token must be printable ASCII without spaces"],
    [["--host", ""], "--host must be an address, not empty"],
  ])("refuses %j in one sentence", (argv, problem) => {
    expect(cliOptions(argv)).toMatchObject({ type: "refused", problem });
  });
});

describe("runCli", () => {
  let folder: string;
  let out: string;
  let err: string;
  let signals: EventEmitter;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "operatorkit-"));
    out = "";
    err = "";
    signals = new EventEmitter();
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function run(...argv: string[]): Promise<number> {
    return runCli(argv, { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) }, signals });
  }

  it.each(["SIGINT", "SIGTERM"])("serves until %s, with a kubeconfig that is gone afterwards", async (signal) => {
    const path = join(folder, "config");
    const done = run("--port", "0", "--no-tls", "--kubeconfig", path, "--token", "t");
    await vi.waitFor(() => expect(out).toContain("end it with Ctrl-C"), { timeout: 20_000 });
    const url = parse(await readFile(path, "utf8")).clusters[0].cluster.server as string;
    expect(out).toContain(`from memory at ${url};`);
    const response = await fetch(`${url}/api/v1/namespaces`, { headers: { authorization: "Bearer t", connection: "close" } });
    expect(((await response.json()) as { kind: string }).kind).toBe("NamespaceList");
    const started = performance.now();
    signals.emit(signal);
    expect(await done).toBe(0);
    expect(performance.now() - started).toBeLessThan(1000);
    await expect(readFile(path)).rejects.toThrow("ENOENT");
    expect(signals.listenerCount(signal)).toBe(0);
    expect(err).toBe("");
  });

  it("prints kubectl lines that a shell understands, whatever the path is", async () => {
    const path = join(folder, "it's");
    const done = run("--port", "0", "--kubeconfig", path);
    await vi.waitFor(() => expect(out).toContain("Ctrl-C"), { timeout: 20_000 });
    expect(out.match(/kubectl --kubeconfig/g)).toHaveLength(3);
    expect(out).toContain(String.raw`'${join(folder, "it'\\''s")}'`);
    signals.emit("SIGTERM");
    expect(await done).toBe(0);
  });

  it("logs requests when verbose", async () => {
    const done = run("--port", "0", "--no-tls", "--kubeconfig", join(folder, "config"), "--verbose");
    await vi.waitFor(() => expect(out).toContain("Ctrl-C"), { timeout: 20_000 });
    const url = /at (http:\S+);/.exec(out)?.[1] ?? "";
    await (await fetch(`${url}/healthz`, { headers: { connection: "close" } })).text();
    expect(err).toContain('info GET /healthz {"status":200}\n');
    signals.emit("SIGTERM");
    expect(await done).toBe(0);
  });

  it("leaves a kubeconfig alone that is not its own any more", async () => {
    const path = join(folder, "config");
    const done = run("--port", "0", "--no-tls", "--kubeconfig", path);
    await vi.waitFor(() => expect(out).toContain("Ctrl-C"), { timeout: 20_000 });
    await writeFile(path, "another");
    signals.emit("SIGTERM");
    expect(await done).toBe(0);
    expect(await readFile(path, "utf8")).toBe("another");
  });

  it("says in one line which port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await run("--port", String(port), "--no-tls", "--kubeconfig", join(folder, "config"))).toBe(1);
    expect(err).toBe(
      `operatorkit-apiserver: listen on 127.0.0.1:${port}: the port is in use; end the process that has it, or choose another port (0 takes any free one)\n`,
    );
    other.close();
  });

  it("says in one line that the kubeconfig cannot be written, and where from when verbose", async () => {
    await writeFile(join(folder, "file"), "");
    const path = join(folder, "file", "config");
    expect(await run("--port", "0", "--no-tls", "--kubeconfig", path)).toBe(1);
    expect(err).toBe(
      `operatorkit-apiserver: write the kubeconfig ${path}: a part of the path is a file, not a folder; choose another path\n`,
    );
    err = "";
    expect(await run("--port", "0", "--no-tls", "--kubeconfig", path, "--verbose")).toBe(1);
    expect(err).toMatch(/write the kubeconfig .*\n +at /);
  });

  it("prints help, and points to it when an option is wrong", async () => {
    expect(await run("--help")).toBe(0);
    expect(out).toContain("--kubeconfig FILE");
    expect(await run("--nope")).toBe(1);
    expect(err).toBe("operatorkit-apiserver: Unknown option '--nope'; --help lists the options\n");
  });
});
