import { resolve } from "node:path";
import { Operator, connect, crdFor, ensureCustomResources, systemClock, type KubernetesClient, type Logger } from "operatorkit";
import { DevCluster, attachControllers } from "operatorkit/devcluster";
import { followChanges } from "./follow-changes.ts";
import { liveView } from "./live-view.ts";
import { Memcached } from "./memcached.ts";
import { memcachedController } from "./memcached-controller.ts";
import type { Options } from "./options.ts";
import { sampleObjects, tellStory } from "./story.ts";
import { lineView, type View } from "./view.ts";

export interface RunContext {
  readonly stdout: NodeJS.WriteStream;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const KUBECONFIG = ".operatorkit/kubeconfig";

/** Does what the command line says; resolves when that is done or `signal` was aborted, and all is put away. */
export async function run(options: Options, { stdout, logger, signal }: RunContext): Promise<void> {
  const live = stdout.isTTY && !options.untilReady && !options.verbose;
  const view = live ? liveView(stdout, Date.now) : lineView((text) => stdout.write(text), Date.now);
  try {
    if (options.kubeconfig === undefined) await runEmbedded(options, { view, logger, signal });
    else await runAgainst(options.kubeconfig, options, { view, logger, signal });
  } finally {
    view.close();
  }
}

interface Parts {
  readonly view: View;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

async function runEmbedded(options: Options, { view, logger, signal }: Parts): Promise<void> {
  const started = performance.now();
  await using cluster = await DevCluster.start({ port: options.port, logger });
  const kubeconfig = resolve(KUBECONFIG);
  await cluster.writeKubeconfig(kubeconfig);
  view.say(`The cluster is ready after ${Math.round(performance.now() - started)} ms: ${cluster.url}`);
  view.say("Try, in another terminal:");
  view.say(`  export KUBECONFIG=${kubeconfig}`);
  view.say("  kubectl get memcacheds,deployments,pods");
  view.say('  kubectl patch memcached sessions --type=merge -p \'{"spec":{"size":3}}\'');
  view.say("  kubectl describe memcached sessions");
  view.say("");

  await using client = await connect({ kubeconfig });
  await operate({ client, view, logger, signal, options: { ...options, installCrds: true, applySamples: true, attachControllers: false } });
}

async function runAgainst(kubeconfig: string, options: Options, { view, logger, signal }: Parts): Promise<void> {
  await using client = await connect({ kubeconfig, ...(options.context === undefined ? {} : { context: options.context }) });
  const version = await client.serverVersion();
  view.say(`Connected to Kubernetes ${version.gitVersion}.`);
  if (!options.installCrds) view.say("The CRD is not installed for you; add --install-crds to have it created.");
  await operate({ client, view, logger, signal, options });
}

interface OperateOptions extends Parts {
  readonly client: KubernetesClient;
  readonly options: Options;
}

/** The operator, beside whoever watches it: the story, or the samples and a view of what becomes of them. */
async function operate({ client, view, logger, signal, options }: OperateOptions): Promise<void> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  if (options.installCrds) await ensureCustomResources(client, [crdFor(Memcached)], { signal: stop });

  const running = [new Operator({ client, runnables: [memcachedController()], logger }).run({ signal: stop })];
  if (options.attachControllers) running.push(attachControllers({ client, signal: stop, logger }));
  if (!options.untilReady) running.push(followChanges({ client, view, signal: stop, children: options.kubeconfig === undefined }));
  // What breaks ends the others; each of them is waited for, and the first failure is the one that is told.
  let failure: { readonly error: unknown } | undefined;
  const ended = running.map((each) =>
    each.catch((error: unknown) => {
      failure ??= { error };
      done.abort();
    }),
  );
  try {
    if (options.untilReady) {
      const { rendered } = await tellStory({ client, clock: systemClock, signal: stop, report: (line) => view.say(line) });
      view.say(`\n${rendered}`);
      done.abort();
    } else if (options.applySamples) {
      for (const sample of await sampleObjects()) await client.apply(sample, { fieldManager: "sample-operator-samples", signal: stop });
    }
  } catch (error) {
    if (!stop.aborted) failure ??= { error };
    done.abort();
  }
  await Promise.all(ended);
  if (failure !== undefined) throw failure.error;
}
