// Generated from kube-apiserver v1.36.3 by `pnpm --filter @operatorkit/conformance run generate-kinds`. Do not edit.
import type { Kind } from "../../kind.ts";
import { builtinKind } from "../builtin-kind.ts";
import type * as admissionregistrationV1 from "./admissionregistration-v1.ts";
import type * as apiextensionsV1 from "./apiextensions-v1.ts";
import type * as apiregistrationV1 from "./apiregistration-v1.ts";
import type * as appsV1 from "./apps-v1.ts";
import type * as authenticationV1 from "./authentication-v1.ts";
import type * as authorizationV1 from "./authorization-v1.ts";
import type * as autoscalingV1 from "./autoscaling-v1.ts";
import type * as autoscalingV2 from "./autoscaling-v2.ts";
import type * as batchV1 from "./batch-v1.ts";
import type * as certificatesV1 from "./certificates-v1.ts";
import type * as coordinationV1 from "./coordination-v1.ts";
import type * as coreV1 from "./core-v1.ts";
import type * as discoveryV1 from "./discovery-v1.ts";
import type * as eventsV1 from "./events-v1.ts";
import type * as flowcontrolV1 from "./flowcontrol-v1.ts";
import type * as networkingV1 from "./networking-v1.ts";
import type * as nodeV1 from "./node-v1.ts";
import type * as policyV1 from "./policy-v1.ts";
import type * as rbacV1 from "./rbac-v1.ts";
import type * as resourceV1 from "./resource-v1.ts";
import type * as schedulingV1 from "./scheduling-v1.ts";
import type * as storageV1 from "./storage-v1.ts";

/** Binding ties one object to another; for example, a pod is bound to a node by a scheduler. */
export type Binding = coreV1.Binding;
export const Binding: Kind<Binding> = /* @__PURE__ */ builtinKind("", "v1", "Binding", "bindings", true);

/** ComponentStatus (and ComponentStatusList) holds the cluster validation info. */
export type ComponentStatus = coreV1.ComponentStatus;
export const ComponentStatus: Kind<ComponentStatus> = /* @__PURE__ */ builtinKind("", "v1", "ComponentStatus", "componentstatuses", false, {
  shortNames: ["cs"],
});

/** ConfigMap holds configuration data for pods to consume. */
export type ConfigMap = coreV1.ConfigMap;
export const ConfigMap: Kind<ConfigMap> = /* @__PURE__ */ builtinKind("", "v1", "ConfigMap", "configmaps", true, { shortNames: ["cm"] });

/** Endpoints is a collection of endpoints that implement the actual service. */
export type Endpoints = coreV1.Endpoints;
export const Endpoints: Kind<Endpoints> = /* @__PURE__ */ builtinKind("", "v1", "Endpoints", "endpoints", true, { shortNames: ["ep"] });

/** Event is a report of an event somewhere in the cluster. */
export type Event = coreV1.Event;
export const Event: Kind<Event> = /* @__PURE__ */ builtinKind("", "v1", "Event", "events", true, { shortNames: ["ev"] });

/** LimitRange sets resource usage limits for each kind of resource in a Namespace. */
export type LimitRange = coreV1.LimitRange;
export const LimitRange: Kind<LimitRange> = /* @__PURE__ */ builtinKind("", "v1", "LimitRange", "limitranges", true, {
  shortNames: ["limits"],
});

/** Namespace provides a scope for Names. */
export type Namespace = coreV1.Namespace;
export const Namespace: Kind<Namespace> = /* @__PURE__ */ builtinKind("", "v1", "Namespace", "namespaces", false, { shortNames: ["ns"] });

/** Node is a worker node in Kubernetes. */
export type Node = coreV1.Node;
export const Node: Kind<Node> = /* @__PURE__ */ builtinKind("", "v1", "Node", "nodes", false, { shortNames: ["no"] });

/** PersistentVolumeClaim is a user's request for and claim to a persistent volume */
export type PersistentVolumeClaim = coreV1.PersistentVolumeClaim;
export const PersistentVolumeClaim: Kind<PersistentVolumeClaim> = /* @__PURE__ */ builtinKind(
  "",
  "v1",
  "PersistentVolumeClaim",
  "persistentvolumeclaims",
  true,
  { shortNames: ["pvc"] },
);

/** PersistentVolume (PV) is a storage resource provisioned by an administrator. */
export type PersistentVolume = coreV1.PersistentVolume;
export const PersistentVolume: Kind<PersistentVolume> = /* @__PURE__ */ builtinKind(
  "",
  "v1",
  "PersistentVolume",
  "persistentvolumes",
  false,
  { shortNames: ["pv"] },
);

/** Pod is a collection of containers that can run on a host. */
export type Pod = coreV1.Pod;
export const Pod: Kind<Pod> = /* @__PURE__ */ builtinKind("", "v1", "Pod", "pods", true, { shortNames: ["po"], categories: ["all"] });

/** PodTemplate describes a template for creating copies of a predefined pod. */
export type PodTemplate = coreV1.PodTemplate;
export const PodTemplate: Kind<PodTemplate> = /* @__PURE__ */ builtinKind("", "v1", "PodTemplate", "podtemplates", true);

/** ReplicationController represents the configuration of a replication controller. */
export type ReplicationController = coreV1.ReplicationController;
export const ReplicationController: Kind<ReplicationController> = /* @__PURE__ */ builtinKind(
  "",
  "v1",
  "ReplicationController",
  "replicationcontrollers",
  true,
  { shortNames: ["rc"], categories: ["all"] },
);

/** ResourceQuota sets aggregate quota restrictions enforced per namespace */
export type ResourceQuota = coreV1.ResourceQuota;
export const ResourceQuota: Kind<ResourceQuota> = /* @__PURE__ */ builtinKind("", "v1", "ResourceQuota", "resourcequotas", true, {
  shortNames: ["quota"],
});

/** Secret holds secret data of a certain type. */
export type Secret = coreV1.Secret;
export const Secret: Kind<Secret> = /* @__PURE__ */ builtinKind("", "v1", "Secret", "secrets", true);

/** ServiceAccount binds together: * a name, understood by users, and perhaps by peripheral systems, for an identity * a principal that can be authenticated and... */
export type ServiceAccount = coreV1.ServiceAccount;
export const ServiceAccount: Kind<ServiceAccount> = /* @__PURE__ */ builtinKind("", "v1", "ServiceAccount", "serviceaccounts", true, {
  shortNames: ["sa"],
});

/** Service is a named abstraction of software service (for example, mysql) consisting of local port (for example 3306) that the proxy listens on, and the selector... */
export type Service = coreV1.Service;
export const Service: Kind<Service> = /* @__PURE__ */ builtinKind("", "v1", "Service", "services", true, {
  shortNames: ["svc"],
  categories: ["all"],
});

/** APIService represents a server for a particular GroupVersion. */
export type APIService = apiregistrationV1.APIService;
export const APIService: Kind<APIService> = /* @__PURE__ */ builtinKind(
  "apiregistration.k8s.io",
  "v1",
  "APIService",
  "apiservices",
  false,
  { categories: ["api-extensions"] },
);

/** ControllerRevision implements an immutable snapshot of state data. */
export type ControllerRevision = appsV1.ControllerRevision;
export const ControllerRevision: Kind<ControllerRevision> = /* @__PURE__ */ builtinKind(
  "apps",
  "v1",
  "ControllerRevision",
  "controllerrevisions",
  true,
);

/** DaemonSet represents the configuration of a daemon set. */
export type DaemonSet = appsV1.DaemonSet;
export const DaemonSet: Kind<DaemonSet> = /* @__PURE__ */ builtinKind("apps", "v1", "DaemonSet", "daemonsets", true, {
  shortNames: ["ds"],
  categories: ["all"],
});

/** Deployment enables declarative updates for Pods and ReplicaSets. */
export type Deployment = appsV1.Deployment;
export const Deployment: Kind<Deployment> = /* @__PURE__ */ builtinKind("apps", "v1", "Deployment", "deployments", true, {
  shortNames: ["deploy"],
  categories: ["all"],
});

/** ReplicaSet ensures that a specified number of pod replicas are running at any given time. */
export type ReplicaSet = appsV1.ReplicaSet;
export const ReplicaSet: Kind<ReplicaSet> = /* @__PURE__ */ builtinKind("apps", "v1", "ReplicaSet", "replicasets", true, {
  shortNames: ["rs"],
  categories: ["all"],
});

/** StatefulSet represents a set of pods with consistent identities. */
export type StatefulSet = appsV1.StatefulSet;
export const StatefulSet: Kind<StatefulSet> = /* @__PURE__ */ builtinKind("apps", "v1", "StatefulSet", "statefulsets", true, {
  shortNames: ["sts"],
  categories: ["all"],
});

/** Event is a report of an event somewhere in the cluster. */
export type EventsV1Event = eventsV1.EventsV1Event;
export const EventsV1Event: Kind<EventsV1Event> = /* @__PURE__ */ builtinKind("events.k8s.io", "v1", "Event", "events", true, {
  shortNames: ["ev"],
});

/** SelfSubjectReview contains the user information that the kube-apiserver has about the user making this request. */
export type SelfSubjectReview = authenticationV1.SelfSubjectReview;
export const SelfSubjectReview: Kind<SelfSubjectReview> = /* @__PURE__ */ builtinKind(
  "authentication.k8s.io",
  "v1",
  "SelfSubjectReview",
  "selfsubjectreviews",
  false,
);

/** TokenReview attempts to authenticate a token to a known user. */
export type TokenReview = authenticationV1.TokenReview;
export const TokenReview: Kind<TokenReview> = /* @__PURE__ */ builtinKind(
  "authentication.k8s.io",
  "v1",
  "TokenReview",
  "tokenreviews",
  false,
);

/** LocalSubjectAccessReview checks whether or not a user or group can perform an action in a given namespace. */
export type LocalSubjectAccessReview = authorizationV1.LocalSubjectAccessReview;
export const LocalSubjectAccessReview: Kind<LocalSubjectAccessReview> = /* @__PURE__ */ builtinKind(
  "authorization.k8s.io",
  "v1",
  "LocalSubjectAccessReview",
  "localsubjectaccessreviews",
  true,
);

/** SelfSubjectAccessReview checks whether or the current user can perform an action. */
export type SelfSubjectAccessReview = authorizationV1.SelfSubjectAccessReview;
export const SelfSubjectAccessReview: Kind<SelfSubjectAccessReview> = /* @__PURE__ */ builtinKind(
  "authorization.k8s.io",
  "v1",
  "SelfSubjectAccessReview",
  "selfsubjectaccessreviews",
  false,
);

/** SelfSubjectRulesReview enumerates the set of actions the current user can perform within a namespace. */
export type SelfSubjectRulesReview = authorizationV1.SelfSubjectRulesReview;
export const SelfSubjectRulesReview: Kind<SelfSubjectRulesReview> = /* @__PURE__ */ builtinKind(
  "authorization.k8s.io",
  "v1",
  "SelfSubjectRulesReview",
  "selfsubjectrulesreviews",
  false,
);

/** SubjectAccessReview checks whether or not a user or group can perform an action. */
export type SubjectAccessReview = authorizationV1.SubjectAccessReview;
export const SubjectAccessReview: Kind<SubjectAccessReview> = /* @__PURE__ */ builtinKind(
  "authorization.k8s.io",
  "v1",
  "SubjectAccessReview",
  "subjectaccessreviews",
  false,
);

/** HorizontalPodAutoscaler is the configuration for a horizontal pod autoscaler, which automatically manages the replica count of any resource implementing the... */
export type HorizontalPodAutoscaler = autoscalingV2.HorizontalPodAutoscaler;
export const HorizontalPodAutoscaler: Kind<HorizontalPodAutoscaler> = /* @__PURE__ */ builtinKind(
  "autoscaling",
  "v2",
  "HorizontalPodAutoscaler",
  "horizontalpodautoscalers",
  true,
  { shortNames: ["hpa"], categories: ["all"] },
);

/** configuration of a horizontal pod autoscaler. */
export type HorizontalPodAutoscalerV1 = autoscalingV1.HorizontalPodAutoscalerV1;
export const HorizontalPodAutoscalerV1: Kind<HorizontalPodAutoscalerV1> = /* @__PURE__ */ builtinKind(
  "autoscaling",
  "v1",
  "HorizontalPodAutoscaler",
  "horizontalpodautoscalers",
  true,
  { shortNames: ["hpa"], categories: ["all"] },
);

/** CronJob represents the configuration of a single cron job. */
export type CronJob = batchV1.CronJob;
export const CronJob: Kind<CronJob> = /* @__PURE__ */ builtinKind("batch", "v1", "CronJob", "cronjobs", true, {
  shortNames: ["cj"],
  categories: ["all"],
});

/** Job represents the configuration of a single job. */
export type Job = batchV1.Job;
export const Job: Kind<Job> = /* @__PURE__ */ builtinKind("batch", "v1", "Job", "jobs", true, { categories: ["all"] });

/** CertificateSigningRequest objects provide a mechanism to obtain x509 certificates by submitting a certificate signing request, and having it asynchronously... */
export type CertificateSigningRequest = certificatesV1.CertificateSigningRequest;
export const CertificateSigningRequest: Kind<CertificateSigningRequest> = /* @__PURE__ */ builtinKind(
  "certificates.k8s.io",
  "v1",
  "CertificateSigningRequest",
  "certificatesigningrequests",
  false,
  { shortNames: ["csr"] },
);

/** IngressClass represents the class of the Ingress, referenced by the Ingress Spec. */
export type IngressClass = networkingV1.IngressClass;
export const IngressClass: Kind<IngressClass> = /* @__PURE__ */ builtinKind(
  "networking.k8s.io",
  "v1",
  "IngressClass",
  "ingressclasses",
  false,
);

/** Ingress is a collection of rules that allow inbound connections to reach the endpoints defined by a backend. */
export type Ingress = networkingV1.Ingress;
export const Ingress: Kind<Ingress> = /* @__PURE__ */ builtinKind("networking.k8s.io", "v1", "Ingress", "ingresses", true, {
  shortNames: ["ing"],
});

/** IPAddress represents a single IP of a single IP Family. */
export type IPAddress = networkingV1.IPAddress;
export const IPAddress: Kind<IPAddress> = /* @__PURE__ */ builtinKind("networking.k8s.io", "v1", "IPAddress", "ipaddresses", false, {
  shortNames: ["ip"],
});

/** NetworkPolicy describes what network traffic is allowed for a set of Pods */
export type NetworkPolicy = networkingV1.NetworkPolicy;
export const NetworkPolicy: Kind<NetworkPolicy> = /* @__PURE__ */ builtinKind(
  "networking.k8s.io",
  "v1",
  "NetworkPolicy",
  "networkpolicies",
  true,
  { shortNames: ["netpol"] },
);

/** ServiceCIDR defines a range of IP addresses using CIDR format (e.g. 192.168.0.0/24 or 2001:db2::/64). */
export type ServiceCIDR = networkingV1.ServiceCIDR;
export const ServiceCIDR: Kind<ServiceCIDR> = /* @__PURE__ */ builtinKind("networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs", false);

/** PodDisruptionBudget is an object to define the max disruption that can be caused to a collection of pods */
export type PodDisruptionBudget = policyV1.PodDisruptionBudget;
export const PodDisruptionBudget: Kind<PodDisruptionBudget> = /* @__PURE__ */ builtinKind(
  "policy",
  "v1",
  "PodDisruptionBudget",
  "poddisruptionbudgets",
  true,
  { shortNames: ["pdb"] },
);

/** ClusterRoleBinding references a ClusterRole, but not contain it. */
export type ClusterRoleBinding = rbacV1.ClusterRoleBinding;
export const ClusterRoleBinding: Kind<ClusterRoleBinding> = /* @__PURE__ */ builtinKind(
  "rbac.authorization.k8s.io",
  "v1",
  "ClusterRoleBinding",
  "clusterrolebindings",
  false,
);

/** ClusterRole is a cluster level, logical grouping of PolicyRules that can be referenced as a unit by a RoleBinding or ClusterRoleBinding. */
export type ClusterRole = rbacV1.ClusterRole;
export const ClusterRole: Kind<ClusterRole> = /* @__PURE__ */ builtinKind(
  "rbac.authorization.k8s.io",
  "v1",
  "ClusterRole",
  "clusterroles",
  false,
);

/** RoleBinding references a role, but does not contain it. */
export type RoleBinding = rbacV1.RoleBinding;
export const RoleBinding: Kind<RoleBinding> = /* @__PURE__ */ builtinKind(
  "rbac.authorization.k8s.io",
  "v1",
  "RoleBinding",
  "rolebindings",
  true,
);

/** Role is a namespaced, logical grouping of PolicyRules that can be referenced as a unit by a RoleBinding. */
export type Role = rbacV1.Role;
export const Role: Kind<Role> = /* @__PURE__ */ builtinKind("rbac.authorization.k8s.io", "v1", "Role", "roles", true);

/** CSIDriver captures information about a Container Storage Interface (CSI) volume driver deployed on the cluster. */
export type CSIDriver = storageV1.CSIDriver;
export const CSIDriver: Kind<CSIDriver> = /* @__PURE__ */ builtinKind("storage.k8s.io", "v1", "CSIDriver", "csidrivers", false);

/** CSINode holds information about all CSI drivers installed on a node. */
export type CSINode = storageV1.CSINode;
export const CSINode: Kind<CSINode> = /* @__PURE__ */ builtinKind("storage.k8s.io", "v1", "CSINode", "csinodes", false);

/** CSIStorageCapacity stores the result of one CSI GetCapacity call. */
export type CSIStorageCapacity = storageV1.CSIStorageCapacity;
export const CSIStorageCapacity: Kind<CSIStorageCapacity> = /* @__PURE__ */ builtinKind(
  "storage.k8s.io",
  "v1",
  "CSIStorageCapacity",
  "csistoragecapacities",
  true,
);

/** StorageClass describes the parameters for a class of storage for which PersistentVolumes can be dynamically provisioned. */
export type StorageClass = storageV1.StorageClass;
export const StorageClass: Kind<StorageClass> = /* @__PURE__ */ builtinKind(
  "storage.k8s.io",
  "v1",
  "StorageClass",
  "storageclasses",
  false,
  { shortNames: ["sc"] },
);

/** VolumeAttachment captures the intent to attach or detach the specified volume to/from the specified node. */
export type VolumeAttachment = storageV1.VolumeAttachment;
export const VolumeAttachment: Kind<VolumeAttachment> = /* @__PURE__ */ builtinKind(
  "storage.k8s.io",
  "v1",
  "VolumeAttachment",
  "volumeattachments",
  false,
);

/** VolumeAttributesClass represents a specification of mutable volume attributes defined by the CSI driver. */
export type VolumeAttributesClass = storageV1.VolumeAttributesClass;
export const VolumeAttributesClass: Kind<VolumeAttributesClass> = /* @__PURE__ */ builtinKind(
  "storage.k8s.io",
  "v1",
  "VolumeAttributesClass",
  "volumeattributesclasses",
  false,
  { shortNames: ["vac"] },
);

/** MutatingAdmissionPolicy describes the definition of an admission mutation policy that mutates the object coming into admission chain. */
export type MutatingAdmissionPolicy = admissionregistrationV1.MutatingAdmissionPolicy;
export const MutatingAdmissionPolicy: Kind<MutatingAdmissionPolicy> = /* @__PURE__ */ builtinKind(
  "admissionregistration.k8s.io",
  "v1",
  "MutatingAdmissionPolicy",
  "mutatingadmissionpolicies",
  false,
  { categories: ["api-extensions"] },
);

/** MutatingAdmissionPolicyBinding binds the MutatingAdmissionPolicy with parametrized resources. */
export type MutatingAdmissionPolicyBinding = admissionregistrationV1.MutatingAdmissionPolicyBinding;
export const MutatingAdmissionPolicyBinding: Kind<MutatingAdmissionPolicyBinding> = /* @__PURE__ */ builtinKind(
  "admissionregistration.k8s.io",
  "v1",
  "MutatingAdmissionPolicyBinding",
  "mutatingadmissionpolicybindings",
  false,
  { categories: ["api-extensions"] },
);

/** MutatingWebhookConfiguration describes the configuration of and admission webhook that accept or reject and may change the object. */
export type MutatingWebhookConfiguration = admissionregistrationV1.MutatingWebhookConfiguration;
export const MutatingWebhookConfiguration: Kind<MutatingWebhookConfiguration> = /* @__PURE__ */ builtinKind(
  "admissionregistration.k8s.io",
  "v1",
  "MutatingWebhookConfiguration",
  "mutatingwebhookconfigurations",
  false,
  { categories: ["api-extensions"] },
);

/** ValidatingAdmissionPolicy describes the definition of an admission validation policy that accepts or rejects an object without changing it. */
export type ValidatingAdmissionPolicy = admissionregistrationV1.ValidatingAdmissionPolicy;
export const ValidatingAdmissionPolicy: Kind<ValidatingAdmissionPolicy> = /* @__PURE__ */ builtinKind(
  "admissionregistration.k8s.io",
  "v1",
  "ValidatingAdmissionPolicy",
  "validatingadmissionpolicies",
  false,
  { categories: ["api-extensions"] },
);

/** ValidatingAdmissionPolicyBinding binds the ValidatingAdmissionPolicy with paramerized resources. */
export type ValidatingAdmissionPolicyBinding = admissionregistrationV1.ValidatingAdmissionPolicyBinding;
export const ValidatingAdmissionPolicyBinding: Kind<ValidatingAdmissionPolicyBinding> = /* @__PURE__ */ builtinKind(
  "admissionregistration.k8s.io",
  "v1",
  "ValidatingAdmissionPolicyBinding",
  "validatingadmissionpolicybindings",
  false,
  { categories: ["api-extensions"] },
);

/** ValidatingWebhookConfiguration describes the configuration of and admission webhook that accept or reject and object without changing it. */
export type ValidatingWebhookConfiguration = admissionregistrationV1.ValidatingWebhookConfiguration;
export const ValidatingWebhookConfiguration: Kind<ValidatingWebhookConfiguration> = /* @__PURE__ */ builtinKind(
  "admissionregistration.k8s.io",
  "v1",
  "ValidatingWebhookConfiguration",
  "validatingwebhookconfigurations",
  false,
  { categories: ["api-extensions"] },
);

/** CustomResourceDefinition represents a resource that should be exposed on the API server. */
export type CustomResourceDefinition = apiextensionsV1.CustomResourceDefinition;
export const CustomResourceDefinition: Kind<CustomResourceDefinition> = /* @__PURE__ */ builtinKind(
  "apiextensions.k8s.io",
  "v1",
  "CustomResourceDefinition",
  "customresourcedefinitions",
  false,
  { shortNames: ["crd", "crds"], categories: ["api-extensions"] },
);

/** PriorityClass defines mapping from a priority class name to the priority integer value. */
export type PriorityClass = schedulingV1.PriorityClass;
export const PriorityClass: Kind<PriorityClass> = /* @__PURE__ */ builtinKind(
  "scheduling.k8s.io",
  "v1",
  "PriorityClass",
  "priorityclasses",
  false,
  { shortNames: ["pc"] },
);

/** Lease defines a lease concept. */
export type Lease = coordinationV1.Lease;
export const Lease: Kind<Lease> = /* @__PURE__ */ builtinKind("coordination.k8s.io", "v1", "Lease", "leases", true);

/** RuntimeClass defines a class of container runtime supported in the cluster. */
export type RuntimeClass = nodeV1.RuntimeClass;
export const RuntimeClass: Kind<RuntimeClass> = /* @__PURE__ */ builtinKind("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", false);

/** EndpointSlice represents a set of service endpoints. */
export type EndpointSlice = discoveryV1.EndpointSlice;
export const EndpointSlice: Kind<EndpointSlice> = /* @__PURE__ */ builtinKind(
  "discovery.k8s.io",
  "v1",
  "EndpointSlice",
  "endpointslices",
  true,
);

/** DeviceClass is a vendor- or admin-provided resource that contains device configuration and selectors. */
export type DeviceClass = resourceV1.DeviceClass;
export const DeviceClass: Kind<DeviceClass> = /* @__PURE__ */ builtinKind("resource.k8s.io", "v1", "DeviceClass", "deviceclasses", false);

/** ResourceClaim describes a request for access to resources in the cluster, for use by workloads. */
export type ResourceClaim = resourceV1.ResourceClaim;
export const ResourceClaim: Kind<ResourceClaim> = /* @__PURE__ */ builtinKind(
  "resource.k8s.io",
  "v1",
  "ResourceClaim",
  "resourceclaims",
  true,
);

/** ResourceClaimTemplate is used to produce ResourceClaim objects. */
export type ResourceClaimTemplate = resourceV1.ResourceClaimTemplate;
export const ResourceClaimTemplate: Kind<ResourceClaimTemplate> = /* @__PURE__ */ builtinKind(
  "resource.k8s.io",
  "v1",
  "ResourceClaimTemplate",
  "resourceclaimtemplates",
  true,
);

/** ResourceSlice represents one or more resources in a pool of similar resources, managed by a common driver. */
export type ResourceSlice = resourceV1.ResourceSlice;
export const ResourceSlice: Kind<ResourceSlice> = /* @__PURE__ */ builtinKind(
  "resource.k8s.io",
  "v1",
  "ResourceSlice",
  "resourceslices",
  false,
);

/** FlowSchema defines the schema of a group of flows. */
export type FlowSchema = flowcontrolV1.FlowSchema;
export const FlowSchema: Kind<FlowSchema> = /* @__PURE__ */ builtinKind(
  "flowcontrol.apiserver.k8s.io",
  "v1",
  "FlowSchema",
  "flowschemas",
  false,
);

/** PriorityLevelConfiguration represents the configuration of a priority level. */
export type PriorityLevelConfiguration = flowcontrolV1.PriorityLevelConfiguration;
export const PriorityLevelConfiguration: Kind<PriorityLevelConfiguration> = /* @__PURE__ */ builtinKind(
  "flowcontrol.apiserver.k8s.io",
  "v1",
  "PriorityLevelConfiguration",
  "prioritylevelconfigurations",
  false,
);
