import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "@operatorkit/observe/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { testCa, testClientCertificate, testClientKey } from "../transport/testing/certificates.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import { readKubeconfig } from "./read-kubeconfig.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "operatorkit-client-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function clusterOf(user: object, clock: ManualClock, cluster: object = {}): Promise<ClusterConfig> {
  const content = {
    clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  return readKubeconfig({ text: JSON.stringify(content) }, { clock });
}

/** A plugin that counts its runs, keeps what it was told, and answers with `status`, in which RUN is the number of the run. */
async function plugin(
  name: string,
  apiVersion: string,
  status: object,
): Promise<{ readonly command: string; readonly told: () => Promise<unknown> }> {
  const [command, runs, told] = [join(folder, `${name}.sh`), join(folder, `${name}.runs`), join(folder, `${name}.told`)];
  const answer = JSON.stringify({ kind: "ExecCredential", apiVersion, status });
  const script = `#!/bin/sh
echo x >> ${runs}
printf %s "$KUBERNETES_EXEC_INFO" > ${told}
printf '%s\\n' '${answer}' | sed "s/RUN/$(wc -l < ${runs} | tr -d ' ')/"
`;
  await writeFile(command, script);
  await chmod(command, 0o755);
  return { command, told: async () => JSON.parse(await readFile(told, "utf8")) as unknown };
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe("an exec plugin", () => {
  it.each(["v1", "v1beta1"])(
    "of client.authentication.k8s.io/%s is run again when its token has expired, and not before",
    async (version) => {
      const apiVersion = `client.authentication.k8s.io/${version}`;
      const clock = new ManualClock();
      const lasting = await plugin(`lasting-${version}`, apiVersion, { token: "run-RUN", expirationTimestamp: inAnHour() });
      const passing = await plugin(`passing-${version}`, apiVersion, { token: "run-RUN", expirationTimestamp: "2026-01-01T00:00:00Z" });
      const exec = { apiVersion, interactiveMode: "Never" };
      const [kept, expired] = await Promise.all([lasting, passing].map(({ command }) => clusterOf({ exec: { ...exec, command } }, clock)));
      for (const cluster of [kept, expired]) expect(await cluster?.credentials.headers()).toEqual({ authorization: "Bearer run-1" });
      await clock.advance(30_000);
      expect(await kept?.credentials.headers()).toEqual({ authorization: "Bearer run-1" });
      expect(await expired?.credentials.headers()).toEqual({ authorization: "Bearer run-2" });
      // Refused, a token is not kept, however long it would last.
      expect(await kept?.credentials.refresh()).toBe(true);
      expect(await kept?.credentials.headers()).toEqual({ authorization: "Bearer run-2" });
    },
  );

  it("is told the version to answer in, that nobody can be asked, and about the cluster if it wants to know", async () => {
    const apiVersion = "client.authentication.k8s.io/v1";
    const { command, told } = await plugin("informed", apiVersion, { token: "RUN" });
    const exec = { apiVersion, command, env: [{ name: "OWN", value: "1" }] };
    const plain = await clusterOf({ exec }, new ManualClock());
    await plain.credentials.headers();
    expect(await told()).toEqual({ kind: "ExecCredential", apiVersion, spec: { interactive: false } });
    const ca = Buffer.from(testCa).toString("base64");
    const curious = await clusterOf({ exec: { ...exec, provideClusterInfo: true } }, new ManualClock(), {
      "certificate-authority-data": ca,
    });
    await curious.credentials.headers();
    expect(await told()).toMatchObject({
      spec: { cluster: { server: "https://10.0.0.1:6443", "certificate-authority-data": ca } },
    });
  });

  it("may give a certificate for connections, and no token", async () => {
    const apiVersion = "client.authentication.k8s.io/v1";
    const { command } = await plugin("certificate", apiVersion, {
      clientCertificateData: testClientCertificate,
      clientKeyData: testClientKey,
    });
    const cluster = await clusterOf({ exec: { apiVersion, command } }, new ManualClock());
    expect(await cluster.credentials.headers()).toEqual({});
    expect(await cluster.tls()).toMatchObject({ cert: testClientCertificate, key: testClientKey });
  });

  it("that answers nonsense is named", async () => {
    const cluster = await clusterOf(
      { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "echo", args: ["hello"] } },
      new ManualClock(),
    );
    expect(await rejection(cluster.credentials.headers())).toMatchObject({
      code: "PluginFailed",
      message: expect.stringContaining('the credential plugin of user "u" (user "u" of the kubeconfig text) failed: '),
    });
  });
});
