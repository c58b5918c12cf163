import type { Kind, KubernetesObject, ObjectKey } from "@operatorkit/object";
import type { HealthCheck } from "@operatorkit/observe";
import type { Change } from "./change.ts";
import type { EventHandler, Subscription } from "./event-handler.ts";
import type { Lister } from "./lister.ts";

/** Told of every change of the copy, at once; for queues, which need keys and no objects. */
export type KeyListener<T extends KubernetesObject> = (key: ObjectKey, change: Change<T>) => void;

export interface KeySubscription {
  close(): void;
}

/** What users of an informer see of it, whether they run it or share it. */
export interface InformerView<T extends KubernetesObject = KubernetesObject> {
  readonly kind: Kind<T>;
  readonly name: string;
  readonly lister: Lister<T>;
  readonly isSynced: boolean;
  readonly isStale: boolean;
  synced(options?: { readonly signal?: AbortSignal }): Promise<void>;
  addEventHandler(handler: EventHandler<T>): Subscription;
  onKeys(listener: KeyListener<T>): KeySubscription;
  healthCheck(): HealthCheck;
}
