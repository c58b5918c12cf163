import { resolve } from "node:path";
import { connect, crdFor, ensureCustomResources, ensureNamespace, type KubernetesClient, type Logger } from "operatorkit";
import { DevCluster } from "operatorkit/devcluster";
import type { App, AppContext } from "./app.ts";
import type { AppOptions } from "./app-options.ts";

export interface RunAppOptions {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly print: (line: string) => void;
}

const KUBECONFIG = ".operatorkit/kubeconfig";

/** Runs an app where its options say; resolves when `signal` was aborted and all is put away. */
export async function runApp(app: App, options: AppOptions, parts: RunAppOptions): Promise<void> {
  if (options.kubeconfig === undefined) await runEmbedded(app, options, parts);
  else await runAgainst(app, options.kubeconfig, options, parts);
}

async function runEmbedded(app: App, { port }: AppOptions, { signal, logger, print }: RunAppOptions): Promise<void> {
  await using cluster = await DevCluster.start({ port, logger });
  const kubeconfig = resolve(KUBECONFIG);
  await cluster.writeKubeconfig(kubeconfig);
  print(`The embedded cluster is ready: ${cluster.url}. In another terminal:`);
  print(`  export KUBECONFIG=${kubeconfig}`);
  for (const hint of app.hints ?? []) print(`  ${hint}`);
  print("");
  await using client = await connect({ kubeconfig });
  await install(app, client, signal);
  await applySamples(app, client, signal);
  await run(app, { client, signal, logger, print, isEmbedded: true, kubeconfig });
}

async function runAgainst(app: App, kubeconfig: string, options: AppOptions, { signal, logger, print }: RunAppOptions): Promise<void> {
  await using client = await connect({ kubeconfig, ...(options.context === undefined ? {} : { context: options.context }) });
  const version = await client.serverVersion();
  print(`Connected to Kubernetes ${version.gitVersion}.`);
  if (options.installCrds) await install(app, client, signal);
  if (options.applySamples) await applySamples(app, client, signal);
  await run(app, { client, signal, logger, print, isEmbedded: false, kubeconfig });
}

async function install(app: App, client: KubernetesClient, signal: AbortSignal): Promise<void> {
  await ensureCustomResources(
    client,
    app.kinds.map((kind) => crdFor(kind)),
    { signal },
  );
}

async function applySamples(app: App, client: KubernetesClient, signal: AbortSignal): Promise<void> {
  const namespaces = new Set(app.samples.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined));
  for (const namespace of namespaces) await ensureNamespace(client, namespace, { signal });
  for (const sample of app.samples) await client.apply(sample, { fieldManager: `${app.name}-samples`, signal });
}

async function run(app: App, context: Omit<AppContext, "client"> & { readonly client: KubernetesClient }): Promise<void> {
  await app.run({ ...context, client: context.client.with({ signal: context.signal, fieldManager: app.name }) });
}
