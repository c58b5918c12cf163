import type { Client, EventSink } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey, ObjectRef } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";
import type { ReconcileCache } from "./cache.ts";
import type { Ownable } from "./own.ts";

/** What a reconcile is given. */
export interface ReconcileContext<T extends KubernetesObject = KubernetesObject> {
  /** The object as it is now. Frozen: take `mutableCopy` to change it. */
  readonly object: T;
  readonly ref: ObjectRef;
  readonly key: ObjectKey;
  /** The Kubernetes API, bound to `signal` and to the field manager with the controller's name. */
  readonly api: Client;
  /** Makes the object the controller of a manifest: it goes with the object, and its changes give the object a turn. */
  readonly own: <M extends Ownable>(manifest: M) => M;
  /** Reads the local copies of the kinds in `for`, `owns` and `watches`. */
  readonly cache: ReconcileCache;
  /** Its lines carry the controller and the object. */
  readonly log: Logger;
  /** Aborted when the deadline has passed or the controller stops. What ignores it holds its object up, not the others. */
  readonly signal: AbortSignal;
  /** Tells people about the object: `kubectl describe` shows it. Never throws, never waits. */
  readonly event: (type: "Normal" | "Warning", reason: string, message: string) => void;
  /** Tells people about another object. */
  readonly events: EventSink;
  /** How many turns of this object have failed in a row. */
  readonly failures: number;
}
