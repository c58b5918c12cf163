import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { isExternallyAccessible } from "./service-needs.ts";
import { OLD_DEFINITIONS } from "../typed/definition-of.ts";

/** Fills in what a struct leaves out; changes it in place. Its parts have been filled in before. */
export type TypeDefaults = (struct: JsonObject) => void;

function set(struct: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) if (struct[key] === undefined) struct[key] = value;
}

const CORE = "io.k8s.api.core.v1";
const APPS = "io.k8s.api.apps.v1";
const BATCH = "io.k8s.api.batch.v1";
const RBAC = "io.k8s.api.rbac.v1";
const RBAC_GROUP = "rbac.authorization.k8s.io";
const OWNER_READS_AND_WRITES = 0o644;

/**
 * The defaults of built-in kinds by the type that has them, as the real server's generated defaulters call them, wherever the type appears.
 * Source: k8s.io/kubernetes `pkg/apis/{core,apps,batch,networking,autoscaling,rbac,discovery,storage,scheduling}/v1/defaults.go`.
 */
export const TYPE_DEFAULTS: Readonly<Record<string, TypeDefaults>> = {
  [`${CORE}.PodSpec`](spec) {
    set(spec, {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      securityContext: {},
      schedulerName: "default-scheduler",
    });
    // The deprecated name is kept in step with the one that took its place.
    if (stringAt(spec, "serviceAccountName") !== "") spec["serviceAccount"] = spec["serviceAccountName"];
    else if (stringAt(spec, "serviceAccount") !== "") spec["serviceAccountName"] = spec["serviceAccount"];
    if (spec["hostNetwork"] === true) setHostPorts(spec);
  },
  [`${CORE}.Pod`](pod) {
    const spec = objectAt(pod, "spec");
    set(spec, { enableServiceLinks: true });
    for (const container of [...listAt(spec, "containers"), ...listAt(spec, "initContainers")]) {
      if (isObject(container)) requestWhatIsLimited(container);
    }
  },
  [`${CORE}.PodStatus`](status) {
    const address = stringAt(status, "podIP");
    if (address !== "") set(status, { podIPs: [{ ip: address }] });
  },
  [`${CORE}.Container`]: containerDefaults,
  [`${CORE}.EphemeralContainer`]: containerDefaults,
  [`${CORE}.Probe`]: (probe) => set(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  [`${CORE}.HTTPGetAction`]: (action) => set(action, { path: "/", scheme: "HTTP" }),
  [`${CORE}.GRPCAction`]: (action) => set(action, { service: "" }),
  [`${CORE}.ObjectFieldSelector`]: (selector) => set(selector, { apiVersion: "v1" }),
  [`${CORE}.SecretVolumeSource`]: (volume) => set(volume, { defaultMode: OWNER_READS_AND_WRITES }),
  [`${CORE}.ConfigMapVolumeSource`]: (volume) => set(volume, { defaultMode: OWNER_READS_AND_WRITES }),
  [`${CORE}.DownwardAPIVolumeSource`]: (volume) => set(volume, { defaultMode: OWNER_READS_AND_WRITES }),
  [`${CORE}.ProjectedVolumeSource`]: (volume) => set(volume, { defaultMode: OWNER_READS_AND_WRITES }),
  [`${CORE}.ServiceAccountTokenProjection`]: (token) => set(token, { expirationSeconds: 3600 }),
  [`${CORE}.HostPathVolumeSource`]: (volume) => set(volume, { type: "" }),
  [`${CORE}.Volume`](volume) {
    if (Object.keys(volume).every((key) => key === "name")) volume["emptyDir"] = {};
  },
  [`${CORE}.Secret`](secret) {
    set(secret, { type: "Opaque" });
    const text = secret["stringData"];
    if (!isObject(text)) return;
    // Write-only: what it says is kept in `data`.
    const data = Object.fromEntries(Object.entries(text).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]));
    secret["data"] = { ...objectAt(secret, "data"), ...data };
    delete secret["stringData"];
  },
  [`${CORE}.Service`](service) {
    const spec = objectAt(service, "spec");
    set(spec, { sessionAffinity: "None", type: "ClusterIP" });
    if (spec["sessionAffinity"] === "ClientIP") set(spec, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } });
    const type = spec["type"];
    const isExternal = type === "NodePort" || type === "LoadBalancer";
    if (isExternallyAccessible(spec)) set(spec, { externalTrafficPolicy: "Cluster" });
    if (isExternal || type === "ClusterIP") set(spec, { internalTrafficPolicy: "Cluster" });
    if (type !== "LoadBalancer") return;
    set(spec, { allocateLoadBalancerNodePorts: true });
    const ingress = listAt(objectAt(objectAt(service, "status"), "loadBalancer"), "ingress").filter(isObject);
    for (const entry of ingress) if (stringAt(entry, "ip") !== "") set(entry, { ipMode: "VIP" });
  },
  [`${CORE}.ServicePort`](port) {
    set(port, { protocol: "TCP", targetPort: port["port"] });
    if (port["targetPort"] === 0 || port["targetPort"] === "") port["targetPort"] = port["port"];
  },
  [`${CORE}.EndpointPort`]: (port) => set(port, { protocol: "TCP" }),
  [`${CORE}.LimitRangeItem`](item) {
    if (item["type"] !== "Container") return;
    // A limit is at most what there may be, and a request what the limit is, or at least what there must be.
    const limits = { ...objectAt(item, "max"), ...objectAt(item, "default") };
    const requests = { ...objectAt(item, "min"), ...limits, ...objectAt(item, "defaultRequest") };
    if (Object.keys(limits).length > 0) item["default"] = limits;
    if (Object.keys(requests).length > 0) item["defaultRequest"] = requests;
  },
  [`${CORE}.PersistentVolumeClaimSpec`]: (spec) => set(spec, { volumeMode: "Filesystem" }),
  [`${CORE}.PersistentVolumeClaim`](claim) {
    set(objectAt(claim, "status"), { phase: "Pending" });
  },
  [`${CORE}.PersistentVolume`](volume) {
    set(objectAt(volume, "spec"), { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" });
    set(objectAt(volume, "status"), { phase: "Pending" });
  },
  [`${CORE}.Namespace`](namespace) {
    const metadata = objectAt(namespace, "metadata");
    const name = stringAt(metadata, "name");
    if (name === "") return;
    metadata["labels"] = { ...objectAt(metadata, "labels"), "kubernetes.io/metadata.name": name };
  },
  [`${CORE}.NamespaceStatus`]: (status) => set(status, { phase: "Active" }),
  [`${CORE}.ReplicationController`](controller) {
    const spec = objectAt(controller, "spec");
    const labels = objectAt(objectAt(spec["template"], "metadata"), "labels");
    set(spec, { replicas: 1, ...(Object.keys(labels).length > 0 && { selector: labels }) });
  },
  [`${APPS}.DeploymentSpec`]: (spec) => set(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
  [`${APPS}.DeploymentStrategy`](strategy) {
    set(strategy, { type: "RollingUpdate" });
    if (strategy["type"] !== "RollingUpdate") return;
    set(strategy, { rollingUpdate: {} });
    set(objectAt(strategy, "rollingUpdate"), { maxUnavailable: "25%", maxSurge: "25%" });
  },
  [`${APPS}.ReplicaSetSpec`]: (spec) => set(spec, { replicas: 1 }),
  [`${APPS}.StatefulSetSpec`](spec) {
    set(spec, { replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10, persistentVolumeClaimRetentionPolicy: {} });
    set(objectAt(spec, "persistentVolumeClaimRetentionPolicy"), { whenDeleted: "Retain", whenScaled: "Retain" });
    for (const claim of listAt(spec, "volumeClaimTemplates"))
      if (isObject(claim)) set(claim, { kind: "PersistentVolumeClaim", apiVersion: "v1" });
  },
  [`${APPS}.StatefulSetUpdateStrategy`](strategy) {
    set(strategy, { type: "RollingUpdate" });
    if (strategy["type"] !== "RollingUpdate") return;
    set(strategy, { rollingUpdate: {} });
    set(objectAt(strategy, "rollingUpdate"), { partition: 0 });
  },
  [`${APPS}.StatefulSetStatus`]: (status) => set(status, { availableReplicas: 0 }),
  [`${APPS}.DaemonSetSpec`]: (spec) => set(spec, { revisionHistoryLimit: 10 }),
  [`${APPS}.DaemonSetUpdateStrategy`](strategy) {
    set(strategy, { type: "RollingUpdate" });
    if (strategy["type"] !== "RollingUpdate") return;
    set(strategy, { rollingUpdate: {} });
    set(objectAt(strategy, "rollingUpdate"), { maxUnavailable: 1, maxSurge: 0 });
  },
  [`${BATCH}.Job`](job) {
    const spec = objectAt(job, "spec");
    if (spec["completions"] === undefined && spec["parallelism"] === undefined) spec["completions"] = 1;
    set(spec, { parallelism: 1, backoffLimit: 6, completionMode: "NonIndexed", suspend: false, manualSelector: false });
    set(spec, { podReplacementPolicy: spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed" });
  },
  [`${BATCH}.CronJobSpec`]: (spec) =>
    set(spec, { concurrencyPolicy: "Allow", suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
  [`${RBAC}.RoleRef`](ref) {
    if (stringAt(ref, "apiGroup") === "") ref["apiGroup"] = RBAC_GROUP;
  },
  [`${RBAC}.Subject`](subject) {
    if (stringAt(subject, "apiGroup") === "" && subject["kind"] !== "ServiceAccount") subject["apiGroup"] = RBAC_GROUP;
  },
  "io.k8s.api.storage.v1.StorageClass": (storage) => set(storage, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "io.k8s.api.scheduling.v1.PriorityClass": (priority) => set(priority, { preemptionPolicy: "PreemptLowerPriority" }),
  "io.k8s.api.discovery.v1.EndpointPort": (port) => set(port, { name: "", protocol: "TCP" }),
  "io.k8s.api.networking.v1.NetworkPolicyPort": (port) => set(port, { protocol: "TCP" }),
  "io.k8s.api.networking.v1.NetworkPolicySpec": (spec) =>
    set(spec, { policyTypes: spec["egress"] === undefined ? ["Ingress"] : ["Ingress", "Egress"] }),
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec": (spec) =>
    set(spec, {
      minReplicas: 1,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }],
    }),
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec": setCrdNames,
  // Source: apiextensions-apiserver `pkg/apis/apiextensions/v1beta1/defaults.go`.
  [OLD_DEFINITIONS.crdSpecV1beta1](spec) {
    setCrdNames(spec);
    if (stringAt(spec, "scope") === "") spec["scope"] = "Namespaced";
    const version = stringAt(spec, "version");
    if (version !== "") set(spec, { versions: [{ name: version, served: true, storage: true }] });
    const first = stringAt(listAt(spec, "versions")[0], "name");
    if (first !== "") set(spec, { version: first });
    set(spec, { preserveUnknownFields: true });
  },
};

function setCrdNames(spec: JsonObject): void {
  set(spec, { conversion: { strategy: "None" } });
  const names = objectAt(spec, "names");
  const kind = stringAt(names, "kind");
  if (stringAt(names, "singular") === "") names["singular"] = kind.toLowerCase();
  if (stringAt(names, "listKind") === "" && kind !== "") names["listKind"] = `${kind}List`;
}

function containerDefaults(container: JsonObject): void {
  set(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: isLatest(stringAt(container, "image")) ? "Always" : "IfNotPresent",
  });
}

/** No tag and no digest means `latest`, which may change behind its name. */
function isLatest(image: string): boolean {
  if (image.includes("@")) return false;
  const name = image.slice(image.lastIndexOf("/") + 1);
  const colon = name.indexOf(":");
  return colon === -1 || name.slice(colon + 1) === "latest";
}

function setHostPorts(spec: JsonObject): void {
  for (const container of [...listAt(spec, "containers"), ...listAt(spec, "initContainers")]) {
    for (const port of listAt(container, "ports")) if (isObject(port)) set(port, { hostPort: port["containerPort"] });
  }
}

function requestWhatIsLimited(container: JsonObject): void {
  const resources = objectAt(container, "resources");
  const limits = objectAt(resources, "limits");
  if (Object.keys(limits).length === 0) return;
  resources["requests"] = { ...limits, ...objectAt(resources, "requests") };
}
