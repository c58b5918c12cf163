// Generated from kube-apiserver v1.36.3 by `pnpm --filter @operatorkit/conformance run generate-kinds`. Do not edit.
import type { ObjectMeta } from "../../kubernetes-object.ts";
import type { Toleration } from "./core-v1.ts";

/** Overhead structure represents the resource overhead associated with running a pod. */
export interface Overhead {
  /** podFixed represents the fixed resource overhead associated with running a pod. */
  readonly podFixed?: Readonly<Record<string, number | string>>;
}

/** RuntimeClass defines a class of container runtime supported in the cluster. */
export interface RuntimeClass {
  readonly apiVersion: "node.k8s.io/v1";
  readonly kind: "RuntimeClass";
  readonly metadata: ObjectMeta;
  /** handler specifies the underlying runtime and configuration that the CRI implementation will use to handle pods of this class. */
  readonly handler: string;
  /** overhead represents the resource overhead associated with running a pod for a given RuntimeClass. */
  readonly overhead?: Overhead;
  /** scheduling holds the scheduling constraints to ensure that pods running with this RuntimeClass are scheduled to nodes that support it. */
  readonly scheduling?: Scheduling;
}

/** Scheduling specifies the scheduling constraints for nodes supporting a RuntimeClass. */
export interface Scheduling {
  /** nodeSelector lists labels that must be present on nodes that support this RuntimeClass. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** tolerations are appended (excluding duplicates) to pods running with this RuntimeClass during admission, effectively unioning the set of nodes tolerated by the... */
  readonly tolerations?: readonly Toleration[];
}
