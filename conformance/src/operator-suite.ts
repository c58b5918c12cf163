import { readFile } from "node:fs/promises";
import { attachControllers } from "@operatorkit/devcluster";
import type { KubernetesObject } from "@operatorkit/object";
import { systemClock } from "@operatorkit/observe";
import { Memcached } from "@operatorkit/sample-operator/memcached";
import { memcachedController } from "@operatorkit/sample-operator/memcached-controller";
import { operatorChecks, World } from "@operatorkit/sample-operator/operator-checks";
import { tellStory } from "@operatorkit/sample-operator/story";
import { connect, crdFor, ensureCustomResources, Operator, silentLogger, type KubernetesClient } from "operatorkit";
import { parseAllDocuments } from "yaml";
import type { Suite } from "./suite.ts";
import type { Target } from "./target.ts";

const STORY = "the story of a Memcached, as npm start tells it";

/**
 * The sample operator on a server without controllers of its own: devcluster's are attached with an administrator's rights, and
 * the operator runs with its ServiceAccount's token and the rights of its `deploy/` manifests, and no others.
 */
export const operatorSuite: Suite = {
  name: "sample operator",
  async run(target, report, { signal, isWanted }) {
    const checks = operatorChecks.filter(({ name }) => isWanted(name));
    if (checks.length === 0 && !isWanted(STORY)) return;
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    await using admin = await connect({ kubeconfig: target.kubeconfigPath });
    await ensureCustomResources(admin, [crdFor(Memcached)], { signal: until });
    await applyManifests(admin);
    await using operator = await connectAsOperator(target);
    const controllers = attachControllers({ client: admin, signal: until, podReadyDelayMs: 50 });
    controllers.catch(() => stop.abort());
    try {
      for (const [i, check] of checks.entries()) {
        const started = performance.now();
        try {
          await World.run(check, { admin, operator, signal: until }, `operator-check-${i}`);
          report.passed(check.name, performance.now() - started);
        } catch (error) {
          report.failed(check.name, error, performance.now() - started);
        }
      }
      if (isWanted(STORY)) {
        const started = performance.now();
        try {
          await story(admin, operator, until);
          report.passed(STORY, performance.now() - started);
        } catch (error) {
          report.failed(STORY, error, performance.now() - started);
        }
      }
    } finally {
      stop.abort();
      await controllers;
    }
  },
};

async function story(admin: KubernetesClient, operator: KubernetesClient, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const running = new Operator({ client: operator, runnables: [memcachedController()], logger: silentLogger, handleSignals: false }).run({
    signal: AbortSignal.any([signal, stop.signal]),
  });
  running.catch(() => {});
  try {
    await tellStory({ client: admin, clock: systemClock, signal, report: () => {} });
  } finally {
    stop.abort();
    await running;
  }
}

/** What `kubectl apply -f deploy/` does. */
async function applyManifests(admin: KubernetesClient): Promise<void> {
  const manifests = new URL("../../apps/sample-operator/deploy/rbac.yaml", import.meta.url);
  for (const document of parseAllDocuments(await readFile(manifests, "utf8"))) {
    await admin.apply(document.toJS() as KubernetesObject, { fieldManager: "deploy" });
  }
}

/** A client with the ServiceAccount's token, as a pod of the operator would have. */
async function connectAsOperator({ http, url, caPem }: Target): Promise<KubernetesClient> {
  const path = "/api/v1/namespaces/memcached-operator/serviceaccounts/memcached-operator/token";
  const answer = await http.request("POST", path, {
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } },
  });
  if (answer.status !== 201) throw new Error(`ask for the operator's token: ${answer.status} ${answer.text}`);
  const { token } = (answer.json as { status: { token: string } }).status;
  return await connect({ server: url, token, ...(caPem !== undefined && { caPem }) });
}
