import { resolve } from "node:path";
import {
  connect,
  crdFor,
  ensureCustomResources,
  ensureNamespace,
  isApiError,
  isNotFound,
  type KubernetesClient,
  type Logger,
} from "operatorkit";
import { attachControllers, DevCluster } from "operatorkit/devcluster";
import type { App, AppContext, Screen } from "./app.ts";
import type { AppOptions } from "./app-options.ts";
import { readObjects } from "./read-objects.ts";
import { together } from "./together.ts";

export interface RunAppOptions {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly print: (line: string) => void;
  readonly screen?: Screen | undefined;
}

const KUBECONFIG = ".operatorkit/kubeconfig";

/** Runs an app where its options say; resolves when its story is told or `signal` was aborted, and all is put away. */
export async function runApp(app: App, options: AppOptions, parts: RunAppOptions): Promise<void> {
  if (options.kubeconfig === undefined) await runEmbedded(app, options, parts);
  else await runAgainst(app, options.kubeconfig, options, parts);
}

async function runEmbedded(app: App, options: AppOptions, parts: RunAppOptions): Promise<void> {
  const { logger, print } = parts;
  const started = performance.now();
  await using cluster = await DevCluster.start({ port: options.port, logger });
  const kubeconfig = resolve(KUBECONFIG);
  await cluster.writeKubeconfig(kubeconfig);
  print(`The cluster is ready after ${Math.round(performance.now() - started)} ms: ${cluster.url}`);
  print("Try, in another terminal:");
  print(`  export KUBECONFIG=${kubeconfig}`);
  for (const hint of app.hints ?? []) print(`  ${hint}`);
  print("");
  await using client = await connect({ kubeconfig });
  const whole = { ...options, installCrds: true, applySamples: true, attachControllers: false };
  await operate(app, whole, { ...parts, client, kubeconfig, isEmbedded: true });
}

async function runAgainst(app: App, kubeconfig: string, options: AppOptions, parts: RunAppOptions): Promise<void> {
  await using client = await connect({ kubeconfig, ...(options.context === undefined ? {} : { context: options.context }) });
  const version = await client.serverVersion();
  parts.print(`Connected to Kubernetes ${version.gitVersion}.`);
  if (!options.installCrds && !(await isInstalled(app, client)))
    parts.print("The CRD is not installed for you; add --install-crds to have it created.");
  await operate(app, options, { ...parts, client, kubeconfig, isEmbedded: false });
}

/** The operator, beside whoever watches it: the story, or the samples and a view of what becomes of them. */
async function operate(
  app: App,
  options: AppOptions,
  parts: Omit<AppContext, "client"> & { readonly client: KubernetesClient },
): Promise<void> {
  const { client, logger } = parts;
  if (options.installCrds) {
    const crds = app.kinds.map((kind) => crdFor(kind));
    await ensureCustomResources(client, crds, { signal: parts.signal });
  }
  await together(parts.signal, (signal, end) => {
    const context: AppContext = { ...parts, signal, client: client.with({ signal, fieldManager: app.name }) };
    const running = [app.run(context)];
    if (options.attachControllers) running.push(attachControllers({ client, signal, logger }));
    if (options.untilReady && app.story !== undefined) running.push(app.story(context).then(end));
    else {
      if (app.view !== undefined) running.push(app.view(context));
      if (options.applySamples) running.push(applySamples(app, client, signal));
    }
    return running;
  });
}

async function isInstalled({ kinds }: App, client: KubernetesClient): Promise<boolean> {
  try {
    for (const { apiVersion, kind } of kinds) await client.resolve({ apiVersion, kind });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function applySamples(app: App, client: KubernetesClient, signal: AbortSignal): Promise<void> {
  for (const sample of await readObjects(app.samples)) {
    const apply = () => client.apply(sample, { fieldManager: `${app.name}-samples`, signal });
    await apply().catch(async (error: unknown) => {
      if (!isMissingNamespace(error)) throw error;
      await ensureNamespace(client, sample.metadata.namespace ?? "default", { signal });
      await apply();
    });
  }
}

/** It is not there, or not for long any more. */
function isMissingNamespace(error: unknown): boolean {
  if (!isApiError(error)) return false;
  const isGone = isNotFound(error) && error.response?.details?.kind === "namespaces";
  return isGone || error.causes.some(({ reason }) => reason === "NamespaceTerminating");
}
