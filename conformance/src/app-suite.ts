import { World, type AppCheck } from "@operatorkit/app-kit/testing";
import { attachControllers } from "@operatorkit/devcluster";
import { connect, crdFor, ensureCustomResources, type DefinedKind } from "operatorkit";
import type { Suite } from "./suite.ts";

export interface AppSuiteOptions {
  readonly name: string;
  readonly checks: readonly AppCheck[];
  /** Installed before the checks; their objects are deleted after each. */
  readonly kinds: readonly DefinedKind[];
}

/** An app's checks, on a server without controllers of its own: devcluster's are attached. */
export function appSuite({ name, checks, kinds }: AppSuiteOptions): Suite {
  return {
    name,
    async run(target, report, { signal, isWanted }) {
      const wanted = checks.filter((check) => isWanted(check.name));
      if (wanted.length === 0) return;
      const stop = new AbortController();
      const until = AbortSignal.any([signal, stop.signal]);
      await using admin = await connect({ kubeconfig: target.kubeconfigPath });
      await ensureCustomResources(
        admin,
        kinds.map((kind) => crdFor(kind)),
        { signal: until },
      );
      const controllers = attachControllers({ client: admin, signal: until, podReadyDelayMs: 50 });
      controllers.catch(() => stop.abort());
      try {
        for (const [i, check] of wanted.entries()) {
          const started = performance.now();
          try {
            await World.run(check, { admin, signal: until }, `${name.replaceAll(" ", "-")}-check-${i}`, kinds);
            report.passed(check.name, performance.now() - started);
          } catch (error) {
            report.failed(check.name, error, performance.now() - started);
          }
        }
      } finally {
        stop.abort();
        await controllers;
      }
    },
  };
}
