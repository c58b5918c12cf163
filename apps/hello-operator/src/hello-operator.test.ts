import { World } from "@operatorkit/app-kit/testing";
import { connect, crdFor, ensureCustomResources, type KubernetesClient } from "operatorkit";
import { DevCluster } from "operatorkit/devcluster";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Sample } from "./sample.ts";
import { helloChecks } from "./testing/hello-checks.ts";

describe("the hello operator, on the embedded cluster", () => {
  let cluster: DevCluster;
  let admin: KubernetesClient;
  const stop = new AbortController();

  beforeAll(async () => {
    cluster = await DevCluster.start({ tls: false });
    admin = await connect({ transport: cluster.transport() });
    await ensureCustomResources(admin, [crdFor(Sample)]);
  });
  afterAll(async () => {
    stop.abort();
    await admin.close();
    await cluster.close();
  });

  it.each(helloChecks.map((check, i) => ({ ...check, namespace: `check-${i}` })))(
    "$name",
    async (check) => {
      await World.run(check, { admin, signal: stop.signal }, check.namespace, [Sample]);
    },
    30_000,
  );
});
