import { Rbac, World, type AppCheck } from "@operatorkit/app-kit/testing";
import { attachControllers } from "@operatorkit/devcluster";
import { connect, crdFor, ensureCustomResources, type DefinedKind, type KubernetesClient } from "operatorkit";
import { blockingOwners } from "./blocking-owners.ts";
import { checkLeastPrivilege } from "./least-privilege.ts";
import { connectAsServiceAccount } from "./service-account.ts";
import { namespacesGone } from "./namespaces-gone.ts";
import type { Suite } from "./suite.ts";

export interface AppSuiteOptions {
  readonly name: string;
  readonly checks: readonly AppCheck[];
  /** Their objects are deleted after each check. */
  readonly kinds: readonly DefinedKind[];
  /** Installed before the checks: `kinds`, and those of later suites, so that a server that takes its time with new kinds takes it once. */
  readonly installed: readonly DefinedKind[];
  /** The app's folder, and those of apps whose operators its checks start too. */
  readonly apps: readonly [string, ...string[]];
}

/**
 * An app's checks, on a server without controllers of its own: devcluster's are attached with an administrator's rights, and each
 * operator runs with its ServiceAccount's token and the rights of its `deploy/rbac.yaml`, and no others. Then every verb of the app's
 * role is taken away in turn, and must be missed.
 */
export function appSuite({ name, checks, kinds, installed, apps }: AppSuiteOptions): Suite {
  return {
    name,
    async run(target, report, { signal, isWanted }) {
      const wanted = checks.filter((check) => isWanted(check.name));
      const leastPrivilege = `${name}: needs every verb of its role`;
      if (wanted.length === 0 && !isWanted(leastPrivilege)) return;
      const stop = new AbortController();
      const until = AbortSignal.any([signal, stop.signal]);
      await using open = new AsyncDisposableStack();
      const admin = open.use(await connect({ kubeconfig: target.kubeconfigPath }));
      const crds = installed.map((kind) => crdFor(kind));
      await ensureCustomResources(admin, crds, { signal: until });
      await blockingOwners(target, installed, { signal: until });
      const grants = await Promise.all(apps.map((app) => Rbac.read(new URL(`../../apps/${app}/deploy/rbac.yaml`, import.meta.url))));
      const clients = new Map<string, KubernetesClient>();
      for (const each of grants) {
        await each.apply(admin);
        clients.set(each.serviceAccount.name, open.use(await connectAsServiceAccount(admin, target, each.serviceAccount)));
      }
      const clientOf = (operator: string): KubernetesClient => {
        const client = clients.get(operator);
        if (client === undefined) throw new Error(`${name}: no ServiceAccount ${operator} in the deploy/rbac.yaml of ${apps.join(", ")}`);
        return client;
      };
      const timed = async (check: string, run: () => Promise<void>): Promise<void> => {
        const started = performance.now();
        try {
          await run();
          report.passed(check, performance.now() - started);
        } catch (error) {
          report.failed(check, error, performance.now() - started);
        }
      };
      const controllers = attachControllers({ client: admin, signal: until, podReadyDelayMs: 50 });
      controllers.catch(() => stop.abort());
      try {
        await namespacesGone(admin, { signal: until });
        for (const [i, check] of wanted.entries()) {
          const namespace = `${name.replaceAll(" ", "-")}-check-${i}`;
          await timed(check.name, async () => {
            for (const each of grants) await each.applyIn(namespace, admin);
            await World.run(check, { admin, clientOf, signal: until }, namespace, kinds);
          });
        }
        const [own, ...others] = grants;
        if (own !== undefined && isWanted(leastPrivilege)) {
          await timed(leastPrivilege, () => checkLeastPrivilege({ target, admin, own, others, checks, kinds, clientOf, signal: until }));
        }
      } finally {
        stop.abort();
        await controllers;
      }
    },
  };
}
