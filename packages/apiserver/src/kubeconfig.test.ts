import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { kubeconfig, writeKubeconfig } from "./kubeconfig.ts";

describe("kubeconfig", () => {
  it("holds server, authority and token, and needs no other file", () => {
    expect(parse(kubeconfig({ server: "https://127.0.0.1:6443", caCert: "CA", token: 'a"b: c' }))).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "operatorkit", cluster: { server: "https://127.0.0.1:6443", "certificate-authority-data": "Q0E=" } }],
      users: [{ name: "operatorkit", user: { token: 'a"b: c' } }],
      contexts: [{ name: "operatorkit", context: { cluster: "operatorkit", user: "operatorkit", namespace: "default" } }],
      "current-context": "operatorkit",
    });
  });

  it("holds a client certificate instead of a token, and nothing at all for an open server", () => {
    const withCertificate = parse(kubeconfig({ server: "https://a", clientCert: { cert: "C", key: "K" }, name: "x: y" }));
    expect(withCertificate.users).toEqual([{ name: "x: y", user: { "client-certificate-data": "Qw==", "client-key-data": "Sw==" } }]);
    expect(parse(kubeconfig({ server: "http://a" })).users).toEqual([{ name: "operatorkit", user: {} }]);
  });
});

describe("writeKubeconfig", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "operatorkit-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("makes the folders, writes for the owner alone and leaves no draft", async () => {
    const path = join(folder, "deep", "down", "config");
    expect(await writeKubeconfig(path, "text")).toBe(path);
    expect(await readFile(path, "utf8")).toBe("text");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "deep", "down"))).toEqual(["config"]);
  });

  it("replaces a file that others could read by one that they cannot", async () => {
    const path = join(folder, "config");
    await writeFile(path, "old");
    await chmod(path, 0o644);
    await writeKubeconfig(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("says what is wrong with a path", async () => {
    await writeFile(join(folder, "file"), "");
    await mkdir(join(folder, "folder"));
    await expect(writeKubeconfig(join(folder, "file", "config"), "")).rejects.toThrow(
      `write the kubeconfig ${join(folder, "file", "config")}: a part of the path is a file`,
    );
    await expect(writeKubeconfig(join(folder, "folder"), "")).rejects.toThrow("a folder has this name; choose another path");
    expect(await readdir(folder)).toEqual(["file", "folder"]);
  });
});
