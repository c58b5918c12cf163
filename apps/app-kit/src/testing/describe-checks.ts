/** An app's checks as tests of vitest. */
import { connect, crdFor, ensureCustomResources, type DefinedKind, type KubernetesClient } from "operatorkit";
import { DevCluster } from "operatorkit/devcluster";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Rbac } from "./rbac.ts";
import { World, type AppCheck } from "./world.ts";

export interface DescribeChecksOptions {
  /** Installed before the checks; their objects are deleted after each. */
  readonly kinds: readonly DefinedKind[];
  readonly checks: readonly AppCheck[];
  /** The `deploy/rbac.yaml` of each operator that the checks start: it runs with these rights, and no others. */
  readonly rbac: readonly URL[];
}

/** Runs each check as a test, on one embedded cluster without a socket. */
export function describeChecks(title: string, { kinds, checks, rbac }: DescribeChecksOptions): void {
  describe(`${title}, on the embedded cluster`, () => {
    const stop = new AbortController();
    const clients = new Map<string, KubernetesClient>();
    const rights: Rbac[] = [];
    let cluster: DevCluster;
    let admin: KubernetesClient;

    beforeAll(async () => {
      cluster = await DevCluster.start({ tls: false, podReadyDelayMs: 20 });
      admin = await connect({ transport: cluster.transport() });
      const crds = kinds.map((kind) => crdFor(kind));
      await ensureCustomResources(admin, crds);
      for (const file of rbac) {
        const grants = await Rbac.read(file);
        await grants.apply(admin);
        rights.push(grants);
        const { name, namespace } = grants.serviceAccount;
        const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
        const user = { name: `system:serviceaccount:${namespace}:${name}`, groups };
        clients.set(name, await connect({ transport: cluster.server.transport({ user }) }));
      }
    });
    afterAll(async () => {
      stop.abort();
      for (const client of clients.values()) await client.close();
      await admin.close();
      await cluster.close();
    });

    it.each(checks.map((check, i) => ({ ...check, namespace: `check-${i}` })))(
      "$name",
      async (check) => {
        for (const grants of rights) await grants.applyIn(check.namespace, admin);
        const clientOf = (operator: string): KubernetesClient => {
          const client = clients.get(operator);
          if (client === undefined) throw new Error(`no deploy/rbac.yaml has a ServiceAccount ${operator}`);
          return client;
        };
        await World.run(check, { admin, clientOf, signal: stop.signal }, check.namespace, kinds);
      },
      30_000,
    );
  });
}
