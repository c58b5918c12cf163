import type { Kind } from "@operatorkit/object";
import * as kinds from "@operatorkit/object/kinds";
import { type JsonObject, objectAt, stringAt, valueAt } from "../json-object.ts";
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING } from "./rbac-rules.ts";
import { answerAccess, answerLocalAccess, answerRules, answerSelf, answerSelfAccess, answerToken } from "./reviews.ts";
import type { ResourceRules, SelectableField, Subresource } from "../resource-descriptor.ts";
import {
  COUNTS_CONTENT,
  COUNTS_SPEC,
  CUSTOM_RESOURCE_DEFINITION,
  ENDPOINT_SLICE,
  EVENT,
  LEASE,
  NAMESPACE,
  NODE,
  PRIORITY_CLASS,
  type RuleOverrides,
  STORAGE_CLASS,
} from "./rules.ts";
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, REPLICA_SET, STATEFUL_SET } from "./workload-rules.ts";
import { POD, bindPod } from "./pod-rules.ts";
import { SECRET, sealable } from "./data-rules.ts";
import { SERVICE } from "./service-rules.ts";

/** A built-in kind the server serves: where it differs from a plain object with names and labels. */
export interface BuiltInKind {
  readonly kind: Kind;
  /** Has a `status` path of its own. */
  readonly status?: boolean;
  /** Metadata a write of the status leaves as it is. */
  readonly statusKeeps?: readonly string[];
  /** Has a `scale` path: where the number and the selector are. */
  readonly scale?: boolean;
  readonly rules?: RuleOverrides;
  /** Paths that no other kind has. */
  readonly subresources?: readonly Subresource[];
  readonly fields?: readonly SelectableField[];
  /** What whoever asks for it is warned of. */
  readonly deprecated?: string;
}

const field = (path: string): SelectableField => {
  const keys = path.split(".");
  return { path, value: (object) => textOf(valueAt(object, keys)) };
};

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

const isTrue = (path: string): SelectableField => {
  const keys = path.split(".");
  return { path, value: (object) => String(valueAt(object, keys) === true) };
};

const EVENT_FIELDS: readonly SelectableField[] = [
  ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map((key) => field(`involvedObject.${key}`)),
  field("reason"),
  field("reportingComponent"),
  {
    path: "source",
    value: (event: JsonObject) => stringAt(objectAt(event, "source"), "component") || stringAt(event, "reportingComponent"),
  },
  field("type"),
];

const EVENTS_FIELDS: readonly SelectableField[] = [
  ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map((key) => field(`regarding.${key}`)),
  field("reason"),
  field("reportingController"),
  field("type"),
];

function question(kind: Kind, answer: NonNullable<ResourceRules["answer"]>): BuiltInKind {
  return { kind, rules: { answer } };
}

/** In the order of discovery. */
export const BUILT_IN_KINDS: readonly BuiltInKind[] = [
  { kind: kinds.ConfigMap, rules: sealable(["data", "binaryData"], { sizeField: "[]" }) },
  {
    kind: kinds.Endpoints,
    rules: { createOnUpdate: true, keyPrefix: "services/endpoints" },
    deprecated: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  },
  { kind: kinds.Event, rules: EVENT, fields: EVENT_FIELDS },
  { kind: kinds.LimitRange, rules: { createOnUpdate: true } },
  {
    kind: kinds.Namespace,
    status: true,
    rules: NAMESPACE,
    subresources: [
      {
        name: "finalize",
        body: { group: "", version: "v1", kind: "Namespace" },
        verbs: ["update"],
        behaviour: { type: "part", fields: ["spec"], metadata: "keep" },
      },
    ],
    fields: [field("status.phase")],
  },
  { kind: kinds.Node, status: true, rules: NODE, fields: [isTrue("spec.unschedulable")] },
  { kind: kinds.PersistentVolumeClaim, status: true, rules: { deleteAnswersObject: true } },
  { kind: kinds.PersistentVolume, status: true, rules: { deleteAnswersObject: true } },
  {
    kind: kinds.Pod,
    status: true,
    rules: POD,
    subresources: [
      {
        name: "binding",
        body: { group: "", version: "v1", kind: "Binding" },
        verbs: ["create"],
        behaviour: { type: "action", act: bindPod },
      },
      { name: "log", body: { group: "", version: "v1", kind: "Pod" }, verbs: ["get"], behaviour: { type: "log" } },
      { name: "eviction", body: { group: "policy", version: "v1", kind: "Eviction" }, verbs: ["create"], behaviour: { type: "evict" } },
    ],
    fields: [
      field("spec.nodeName"),
      field("spec.restartPolicy"),
      field("spec.schedulerName"),
      field("spec.serviceAccountName"),
      isTrue("spec.hostNetwork"),
      field("status.phase"),
      field("status.podIP"),
      field("status.nominatedNodeName"),
    ],
  },
  { kind: kinds.PodTemplate, rules: { ...COUNTS_CONTENT, deleteAnswersObject: true } },
  { kind: kinds.ReplicationController, status: true, scale: true, rules: COUNTS_SPEC, fields: [field("status.replicas")] },
  { kind: kinds.ResourceQuota, status: true, rules: { deleteAnswersObject: true } },
  { kind: kinds.Secret, rules: SECRET, fields: [field("type")] },
  {
    kind: kinds.ServiceAccount,
    rules: { deleteAnswersObject: true },
    subresources: [
      {
        name: "token",
        body: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" },
        verbs: ["create"],
        behaviour: { type: "token" },
      },
    ],
  },
  { kind: kinds.Service, status: true, rules: SERVICE, fields: [field("spec.clusterIP"), field("spec.type")] },
  { kind: kinds.ControllerRevision },
  { kind: kinds.DaemonSet, status: true, rules: DAEMON_SET },
  { kind: kinds.Deployment, status: true, statusKeeps: ["labels"], scale: true, rules: DEPLOYMENT },
  { kind: kinds.ReplicaSet, status: true, scale: true, rules: REPLICA_SET, fields: [field("status.replicas")] },
  { kind: kinds.StatefulSet, status: true, scale: true, rules: STATEFUL_SET },
  question(kinds.TokenReview, answerToken),
  question(kinds.SelfSubjectReview, answerSelf),
  question(kinds.LocalSubjectAccessReview, answerLocalAccess),
  question(kinds.SelfSubjectAccessReview, answerSelfAccess),
  question(kinds.SelfSubjectRulesReview, answerRules),
  question(kinds.SubjectAccessReview, answerAccess),
  { kind: kinds.HorizontalPodAutoscaler, status: true },
  { kind: kinds.CronJob, status: true, rules: CRON_JOB },
  { kind: kinds.Job, status: true, rules: JOB, fields: [field("status.successful")] },
  { kind: kinds.Lease, rules: LEASE },
  { kind: kinds.EndpointSlice, rules: ENDPOINT_SLICE },
  { kind: kinds.IngressClass, rules: COUNTS_SPEC },
  { kind: kinds.Ingress, status: true, rules: { ...COUNTS_SPEC, keyPrefix: "ingress" } },
  { kind: kinds.NetworkPolicy, rules: COUNTS_SPEC },
  { kind: kinds.PodDisruptionBudget, status: true, rules: { ...COUNTS_SPEC, unconditionalUpdate: false } },
  { kind: kinds.ClusterRoleBinding, rules: CLUSTER_ROLE_BINDING },
  { kind: kinds.ClusterRole, rules: CLUSTER_ROLE },
  { kind: kinds.RoleBinding, rules: ROLE_BINDING },
  { kind: kinds.Role, rules: ROLE },
  { kind: kinds.PriorityClass, rules: PRIORITY_CLASS },
  { kind: kinds.StorageClass, rules: STORAGE_CLASS },
  { kind: kinds.CustomResourceDefinition, status: true, rules: CUSTOM_RESOURCE_DEFINITION },
];

/** The second face of core events: the same storage under `events.k8s.io`. */
export { EVENTS_FIELDS };
