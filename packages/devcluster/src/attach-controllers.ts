import { aClient, type Client, type Runnable } from "@operatorkit/api";
import type { ControllerRunnableOptions } from "@operatorkit/controller";
import { SharedInformers } from "@operatorkit/informer";
import { silentLogger, systemClock, type Clock, type Logger } from "@operatorkit/observe";
import { aNumber, anAbortSignal, checkOptions, required } from "@operatorkit/observe/options";
import { deploymentController } from "./deployment/deployment-controller.ts";
import { endpointSliceController } from "./endpoint-slice/endpoint-slice-controller.ts";
import { GarbageCollector } from "./garbage/garbage-collector.ts";
import type { KindSource } from "./kind-source.ts";
import { NamespaceEmptier } from "./namespace/namespace-emptier.ts";
import { podController } from "./pod/pod-controller.ts";
import { PodTerminator } from "./pod/pod-terminator.ts";
import { replicaSetController } from "./replica-set/replica-set-controller.ts";

export interface AttachOptions {
  /** May read and write everything: the rights of cluster-admin. */
  readonly client: Client & KindSource;
  readonly signal: AbortSignal;
  /** How long after its creation a pod becomes Ready; a pod's annotation `devcluster.operatorkit.dev/ready-after-ms` goes first. @default 250 */
  readonly podReadyDelayMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Runs the controllers an operator's objects need against an API server that has none: Deployments get ReplicaSets, ReplicaSets
 * get pods, pods "run", Services get EndpointSlices, what nobody owns is collected, and deleted namespaces are emptied.
 *
 * Never attach them to a cluster with a controller manager of its own: two would work against each other.
 * Resolves when `signal` was aborted and all have stopped; rejects, after stopping the others, when one broke.
 */
export async function attachControllers(options: AttachOptions): Promise<void> {
  checkOptions("attachControllers", options, {
    client: required(aClient("listWatch", "get", "apply", "patch", "delete")),
    signal: required(anAbortSignal),
    podReadyDelayMs: aNumber({ atLeast: 0 }),
  });
  const { client, signal, podReadyDelayMs = 250, clock = systemClock, logger = silentLogger } = options;
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const informers = new SharedInformers({ client, clock, logger });
  const controllers: Runnable[] = [
    deploymentController({ clock }),
    replicaSetController({ clock }),
    podController({ clock, podReadyDelayMs }),
    new PodTerminator({ informers }),
    endpointSliceController(),
    new GarbageCollector({ kinds: client, informers }),
    new NamespaceEmptier({ kinds: client, informers }),
  ];
  let failure: { readonly error: unknown } | undefined;
  const start = (controller: Runnable): Promise<void> => {
    const given: ControllerRunnableOptions = {
      client,
      signal: stop,
      clock,
      logger: logger.with({ controller: controller.name }),
      informers,
    };
    return controller.run(given);
  };
  const running = [informers.run({ signal: stop }), ...controllers.map(start)];
  await Promise.all(
    running.map((each) =>
      each.catch((error: unknown) => {
        failure ??= { error };
        broken.abort();
      }),
    ),
  );
  if (failure !== undefined) throw failure.error;
}
