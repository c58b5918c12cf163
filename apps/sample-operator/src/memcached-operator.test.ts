import { connect, crdFor, ensureCustomResources, type KubernetesClient } from "operatorkit";
import { DevCluster } from "operatorkit/devcluster";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Memcached } from "./memcached.ts";
import { operatorChecks, World } from "./testing/operator-checks.ts";

describe("the sample operator, on the embedded cluster", () => {
  let cluster: DevCluster;
  let admin: KubernetesClient;
  const stop = new AbortController();

  beforeAll(async () => {
    cluster = await DevCluster.start({ tls: false, podReadyDelayMs: 20 });
    admin = await connect({ transport: cluster.transport() });
    await ensureCustomResources(admin, [crdFor(Memcached)]);
  });
  afterAll(async () => {
    stop.abort();
    await admin.close();
    await cluster.close();
  });

  it.each(operatorChecks.map((check, i) => ({ ...check, namespace: `check-${i}` })))(
    "$name",
    async (check) => {
      await World.run(check, { admin, operator: admin, signal: stop.signal }, check.namespace);
    },
    30_000,
  );
});
