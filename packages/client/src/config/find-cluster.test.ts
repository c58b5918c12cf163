import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ManualClock } from "@operatorkit/observe/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testCa, testClientCertificate, testClientKey } from "../transport/testing/certificates.ts";
import { findCluster, type ClusterOptions } from "./find-cluster.ts";
import type { HostEnvironment } from "./host-environment.ts";

let folder = "";
const clock = new ManualClock();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "operatorkit-client-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function host(overrides: Partial<HostEnvironment> = {}): HostEnvironment {
  return { env: {}, defaultKubeconfigPath: join(folder, "none"), serviceAccountFolder: join(folder, "none"), ...overrides };
}

const find = (options: ClusterOptions, environment = host()) => findCluster(options, environment, clock);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function kubeconfig({ cluster = "", user = "", context = "" } = {}): string {
  return `
apiVersion: v1
kind: Config
current-context: kind
clusters:
- name: c
  cluster:
    server: https://10.0.0.1:6443
${cluster}
users:
- name: u
  user:
    token: secret
${user}
contexts:
- name: kind
  context: { cluster: c, user: u${context} }
`;
}

describe("findCluster", () => {
  it("takes explicit options", async () => {
    const options = {
      server: "https://10.0.0.1:6443",
      caPem: testCa,
      token: "secret",
      clientCertificatePem: testClientCertificate,
      clientKeyPem: testClientKey,
    };
    const config = await find({ ...options, tlsServerName: "k" });
    expect(config.server.href).toBe("https://10.0.0.1:6443/");
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer secret" });
    expect(await config.tls()).toEqual({
      rejectUnauthorized: true,
      ca: testCa,
      cert: testClientCertificate,
      key: testClientKey,
      servername: "k",
    });
  });

  it("reads a kubeconfig's text, its token, CA and namespace", async () => {
    const text = kubeconfig({
      cluster: `    certificate-authority-data: ${base64(testCa)}\n    tls-server-name: k\n    proxy-url: http://proxy`,
      context: ", namespace: mine",
    });
    const config = await find({ kubeconfig: { text } });
    expect(config).toMatchObject({ namespace: "mine", proxyUrl: "http://proxy", source: "the kubeconfig text, context kind" });
    expect(await config.tls()).toEqual({ rejectUnauthorized: true, ca: testCa, servername: "k" });
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer secret" });
  });

  it("reads JSON too, and flow-style YAML that only looks like it", async () => {
    const json = {
      "current-context": "a",
      clusters: [{ name: "c", cluster: { server: "https://c" } }],
      contexts: [{ name: "a", context: { cluster: "c" } }],
    };
    expect((await find({ kubeconfig: { text: JSON.stringify(json) } })).server.host).toBe("c");
    const flow =
      "{current-context: a, clusters: [{name: c, cluster: {server: 'https://c'}}], contexts: [{name: a, context: {cluster: c}}]}";
    expect((await find({ kubeconfig: { text: flow } })).server.host).toBe("c");
  });

  it("takes paths in a kubeconfig as relative to it, and reads those files at each connection", async () => {
    await mkdir(join(folder, "pki"), { recursive: true });
    await file("pki/ca.crt", testCa);
    await file("pki/me.crt", testClientCertificate);
    await file("pki/me.key", testClientKey);
    const path = await file(
      "relative",
      kubeconfig({
        cluster: "    certificate-authority: pki/ca.crt",
        user: "    client-certificate: pki/me.crt\n    client-key: pki/me.key",
      }),
    );
    const config = await find({ kubeconfig: path });
    expect(await config.tls()).toMatchObject({ ca: testCa, cert: testClientCertificate, key: testClientKey });
    await file("pki/ca.crt", `${testCa}rotated`);
    expect(await config.tls()).toMatchObject({ ca: `${testCa}rotated` });
  });

  it("prefers KUBECONFIG, then the home folder's, then the pod's", async () => {
    const inHome = await file("home", kubeconfig());
    const inEnv = await file("env", kubeconfig().replace("10.0.0.1", "10.0.0.2"));
    const inPod = await serviceAccount("precedence");
    const pod = { KUBERNETES_SERVICE_HOST: "10.0.0.3", KUBERNETES_SERVICE_PORT: "443" };
    const env = { ...pod, KUBECONFIG: inEnv };
    expect((await find({}, host({ env, defaultKubeconfigPath: inHome, serviceAccountFolder: inPod }))).server.hostname).toBe("10.0.0.2");
    expect((await find({}, host({ env: pod, defaultKubeconfigPath: inHome, serviceAccountFolder: inPod }))).server.hostname).toBe(
      "10.0.0.1",
    );
    expect((await find({}, host({ env: pod, serviceAccountFolder: inPod }))).server.hostname).toBe("10.0.0.3");
    expect(
      (await find({ inCluster: true }, host({ env, defaultKubeconfigPath: inHome, serviceAccountFolder: inPod }))).server.hostname,
    ).toBe("10.0.0.3");
  });

  it("merges the files of KUBECONFIG, passing over those that are missing", async () => {
    const one = await file("one", "current-context: kind\ncontexts: [{name: kind, context: {cluster: c}}]");
    const two = await file("two", "clusters: [{name: c, cluster: {server: 'https://two'}}]");
    const env = { KUBECONFIG: [join(folder, "missing"), one, two].join(delimiter) };
    expect((await find({}, host({ env }))).server.host).toBe("two");
  });

  it("uses the pod's token, and reads it again when it is a minute old or was refused", async () => {
    const serviceAccountFolder = await serviceAccount("pod");
    const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
    const config = await find({}, host({ env, serviceAccountFolder }));
    expect(config).toMatchObject({ namespace: "pod-namespace", source: "the pod's service account" });
    expect(config.server.href).toBe("https://[fd00::1]/");
    expect(await config.tls()).toEqual({ ca: testCa, rejectUnauthorized: true });
    await writeFile(join(serviceAccountFolder, "token"), "second\n");
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer first" });
    await clock.advance(60_000);
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer second" });
    expect(await config.credentials.refresh()).toBe(false);
    await writeFile(join(serviceAccountFolder, "token"), "third");
    expect(await config.credentials.refresh()).toBe(true);
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer third" });
    await rm(join(serviceAccountFolder, "token"));
    await clock.advance(60_000);
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer third" });
  });

  it("prefers a token file to a token, and knows basic credentials and impersonation", async () => {
    await file("token", "from-file");
    const path = await file("with-token-file", kubeconfig({ user: "    tokenFile: token\n    as: someone\n    as-groups: [devs]" }));
    const config = await find({ kubeconfig: path });
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer from-file" });
    expect(config.impersonate).toEqual({ user: "someone", groups: ["devs"] });
    const impersonate = { user: "other", groups: ["a", "b"], extra: { scope: ["x"] } };
    expect((await find({ kubeconfig: path, impersonate })).impersonate).toEqual(impersonate);
    const basic = kubeconfig({ user: "    username: me\n    password: pw" }).replace("token: secret", "");
    expect(await (await find({ kubeconfig: { text: basic } })).credentials.headers()).toEqual({
      authorization: `Basic ${base64("me:pw")}`,
    });
  });

  it("merges a list of kubeconfigs, the first to say something wins", async () => {
    const context = "current-context: other\ncontexts: [{name: other, context: {cluster: c, user: u, namespace: mine}}]";
    const path = await file("complete", kubeconfig());
    expect(await find({ kubeconfig: [{ text: context }, path] })).toMatchObject({
      namespace: "mine",
      server: new URL("https://10.0.0.1:6443"),
      source: `the kubeconfig text and ${path}, context other`,
    });
    await expect(find({ kubeconfig: [] })).rejects.toMatchObject({ code: "InvalidOptions" });
  });

  it("runs an exec plugin, keeps its answer, and asks again after a 401", async () => {
    const path = join(folder, "plugin.sh");
    const count = join(folder, "count");
    await file(
      "plugin.sh",
      `#!/bin/sh\necho x >> ${count}\necho '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$PREFIX-$(wc -l < ${count} | tr -d ' ')'"}}'\n`,
    );
    await chmod(path, 0o755);
    const exec =
      "    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, env: [{name: PREFIX, value: run}], interactiveMode: Never}";
    const config = await find({ kubeconfig: await file("exec", kubeconfig({ user: exec }).replace("    token: secret\n", "")) });
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer run-1" });
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer run-1" });
    expect(await config.credentials.refresh()).toBe(true);
    expect(await config.credentials.headers()).toEqual({ authorization: "Bearer run-2" });
  });

  it("says which plugin failed and what it said", async () => {
    const exec = "    exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo log in first >&2; exit 1']}";
    await expect(find({ kubeconfig: { text: kubeconfig({ user: exec }).replace("    token: secret\n", "") } })).rejects.toMatchObject({
      code: "PluginFailed",
      message: 'the credential plugin of user "u" (user "u" of the kubeconfig text) failed: log in first',
    });
  });

  const cases: [string, ClusterOptions, string, string][] = [
    ["nothing to go by", {}, "NoCluster", "KUBECONFIG is not set, "],
    ["a pod where there is none", { inCluster: true }, "NoCluster", "this process does not run in a pod"],
    [
      "two ways at once",
      { server: "https://a", kubeconfig: "/b" },
      "InvalidOptions",
      "server and kubeconfig both say where the cluster is",
    ],
    ["a token with a kubeconfig", { kubeconfig: "/b", token: "t" }, "InvalidOptions", "token goes with server"],
    ["a context without a kubeconfig", { server: "https://a", context: "c" }, "InvalidOptions", "context goes with a kubeconfig"],
    ["half a client certificate", { server: "https://a", clientKeyPem: "k" }, "InvalidOptions", "one is missing"],
    ["a CA that is not looked at", { server: "https://a", caPem: testCa, insecureSkipTlsVerify: true }, "InvalidOptions", "contradict"],
    ["an empty token", { server: "https://a", token: "" }, "InvalidOptions", "token is empty"],
    ["a server that is no URL", { server: "10.0.0.1:6443" }, "InvalidServer", 'connect: the server "10.0.0.1:6443" '],
    ["another scheme", { server: "ftp://a" }, "InvalidServer", "neither https:// nor http://"],
    ["a password in the URL", { server: "https://me:pw@a" }, "InvalidServer", "give credentials apart from it"],
    ["a query in the URL", { server: "https://a?x" }, "InvalidServer", "has a query"],
    ["a CA that is no PEM", { server: "https://a", caPem: "x" }, "InvalidCertificate", "caPem is not PEM text"],
    ["a missing file", { kubeconfig: "/none/such" }, "FileNotFound", "the kubeconfig /none/such does not exist"],
    ["a folder", { kubeconfig: tmpdir() }, "FileUnreadable", "cannot be read"],
    ["broken YAML", { kubeconfig: { text: "a: [b\nc: token-secret" } }, "InvalidYaml", "the kubeconfig text is not YAML: "],
    ["an unknown context", { kubeconfig: { text: kubeconfig() }, context: "z" }, "UnknownContext", 'no context "z"; it has: kind'],
    [
      "a cluster without a server",
      { kubeconfig: { text: kubeconfig().replace(/server:.*/, "") } },
      "InvalidServer",
      'cluster "c" has no server',
    ],
    [
      "a CA file that is not there",
      { kubeconfig: { text: kubeconfig({ cluster: "    certificate-authority: /none/ca.crt" }) } },
      "FileNotFound",
      'cluster "c": certificate-authority: /none/ca.crt does not exist',
    ],
    [
      "CA data that is no PEM",
      { kubeconfig: { text: kubeconfig({ cluster: "    certificate-authority-data: aGVsbG8=" }) } },
      "InvalidCertificate",
      'cluster "c": certificate-authority-data is not PEM text',
    ],
    [
      "a certificate without its key",
      { kubeconfig: { text: kubeconfig({ user: "    client-certificate-data: aGVsbG8=" }) } },
      "InvalidKubeconfig",
      "client-certificate but no client-key",
    ],
    [
      "impersonated groups without a user",
      { kubeconfig: { text: kubeconfig({ user: "    as-groups: [b, c]" }) } },
      "InvalidOptions",
      'user "u": impersonation (as): a user is missing',
    ],
  ];
  it.each(cases)("refuses %s", async (_title, options, code, message) => {
    await expect(find(options)).rejects.toMatchObject({ name: "ConfigError", code, message: expect.stringContaining(message) });
  });

  it.each([
    ["as an option", (text: string) => find({ kubeconfig: text })],
    ["in KUBECONFIG", (text: string) => find({}, host({ env: { KUBECONFIG: text } }))],
  ])("tells text from a path %s, and shows nothing of it", async (_title, give) => {
    for (const text of [kubeconfig(), JSON.stringify({ users: [{ name: "u", user: { token: "secret" } }] })]) {
      const error = await give(text).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "InvalidOptions", message: expect.stringContaining("{ kubeconfig: { text } }") });
      expect(String(error)).not.toContain("secret");
    }
  });

  it("shows no secret of a kubeconfig that is not YAML", async () => {
    await expect(find({ kubeconfig: { text: "token: 'very-secret\nb: c" } })).rejects.not.toMatchObject({
      message: expect.stringContaining("very-secret"),
    });
  });

  it("says that a pod has no service account token", async () => {
    const env = { KUBERNETES_SERVICE_HOST: "10.0.0.3", KUBERNETES_SERVICE_PORT: "443" };
    await expect(find({}, host({ env }))).rejects.toMatchObject({
      code: "FileNotFound",
      message: expect.stringContaining("automountServiceAccountToken"),
    });
    await expect(find({ context: "a" }, host({ env }))).rejects.toMatchObject({ code: "InvalidOptions" });
  });
});

async function serviceAccount(name: string): Promise<string> {
  await mkdir(join(folder, name));
  await file(`${name}/token`, "first\n");
  await file(`${name}/ca.crt`, testCa);
  await file(`${name}/namespace`, "pod-namespace");
  return join(folder, name);
}
