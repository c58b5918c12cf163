import { World } from "@operatorkit/app-kit/testing";
import { ApiServer } from "@operatorkit/apiserver";
import { connect, crdFor, ensureCustomResources, silentLogger, type KubernetesClient } from "operatorkit";
import { DevCluster } from "operatorkit/devcluster";
import { Pod } from "operatorkit/kinds";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import { podOperator } from "./pod-operator.ts";
import { podChecks } from "./testing/pod-checks.ts";

describe("the Pod operator, on the embedded cluster", () => {
  let cluster: DevCluster;
  let admin: KubernetesClient;
  const stop = new AbortController();

  beforeAll(async () => {
    cluster = await DevCluster.start({ tls: false, podReadyDelayMs: 20 });
    admin = await connect({ transport: cluster.transport() });
    await ensureCustomResources(admin, [crdFor(Jinghzhu)]);
  });
  afterAll(async () => {
    stop.abort();
    await admin.close();
    await cluster.close();
  });

  it.each(podChecks.map((check, i) => ({ ...check, namespace: `check-${i}` })))(
    "$name",
    async (check) => {
      await World.run(check, { admin, signal: stop.signal }, check.namespace, [Jinghzhu, Pod]);
    },
    30_000,
  );
});

it("deletes a pod that is Pending for too long, and leaves one that runs", async () => {
  await using server = await ApiServer.start({ inProcess: true });
  await using client = await connect({ transport: server.transport() });
  for (const [name, phase] of [
    ["runs", "Running"],
    ["waits", "Pending"],
  ] as const) {
    const metadata = { name, namespace: "default" };
    await client.create<Pod>({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "c", image: "busybox:1.36" }] } });
    await client.patch(Pod, metadata, { type: "merge", body: { status: { phase } } }, { subresource: "status" });
  }
  const stop = new AbortController();
  const lines: string[] = [];
  const names = async (): Promise<string[]> => (await client.list(Pod).toArray()).map(({ metadata }) => metadata.name);
  expect(await names()).toEqual(["runs", "waits"]);
  const running = podOperator({
    client,
    signal: stop.signal,
    logger: silentLogger,
    namespace: "default",
    deletePendingAfterMs: 1_500,
    print: (line) => void lines.push(line),
  });
  await vi.waitFor(async () => expect(await names()).toEqual(["runs"]), { timeout: 10_000 });
  expect(lines).toContain("Pod waits has been Pending for 1.5 s: deleting it");
  stop.abort();
  await running;
});
