import type { EventHandler } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import type { HealthCheck } from "@operatorkit/observe";

/**
 * What an `InformerController` asks of an informer: a `KubernetesBasedInformer`, an `Informer`, a share of `SharedInformers`, or one
 * of yours.
 */
export interface EventSource<T extends KubernetesObject = KubernetesObject> {
  /** Begins to tell `handler` of changes, each call after the one before has settled. What it returns, if anything, ends that. */
  addEventHandler(handler: EventHandler<T>): { close(): void } | undefined | void;
  /** Called by the controller, once. What has none is run by somebody else. */
  run?(options: { readonly signal: AbortSignal }): Promise<void>;
  healthCheck?(): HealthCheck;
}
