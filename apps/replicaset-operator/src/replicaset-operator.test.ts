import { World } from "@operatorkit/app-kit/testing";
import { connect, crdFor, ensureCustomResources, type KubernetesClient } from "operatorkit";
import { DevCluster } from "operatorkit/devcluster";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Jinghzhu } from "./jinghzhu.ts";
import { replicaSetChecks } from "./testing/replicaset-checks.ts";

describe("the ReplicaSet operator, on the embedded cluster", () => {
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

  it.each(replicaSetChecks.map((check, i) => ({ ...check, namespace: `check-${i}` })))(
    "$name",
    async (check) => {
      await World.run(check, { admin, signal: stop.signal }, check.namespace, [Jinghzhu]);
    },
    30_000,
  );
});
