import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { Column } from "../resource-descriptor.ts";
import {
  type CellOf,
  NAME,
  AGE,
  text,
  integer,
  flag,
  wide,
  at,
  or,
  number,
  meta,
  spec,
  status,
  objects,
  countOf,
  joined,
} from "./column-builders.ts";

function nodeStatus(node: JsonObject): string {
  const ready = objects(status(node), "conditions").find((condition) => condition["type"] === "Ready");
  const word = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return spec(node)["unschedulable"] === true ? `${word},SchedulingDisabled` : word;
}

function nodeRoles(node: JsonObject): string {
  const roles = Object.entries(objectAt(meta(node), "labels")).flatMap(([key, value]) => {
    if (key.startsWith("node-role.kubernetes.io/")) return key.slice("node-role.kubernetes.io/".length) || [];
    return key === "kubernetes.io/role" && value !== "" ? String(value) : [];
  });
  return joined([...new Set(roles)].toSorted(), "<none>");
}

function nodeAddress(type: string): CellOf {
  return (node) =>
    stringAt(
      objects(status(node), "addresses").find((one) => one["type"] === type),
      "address",
    ) || "<none>";
}

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function accessModes(part: (object: JsonObject) => JsonObject): CellOf {
  return (object) => {
    const modes = new Set(listAt(part(object), "accessModes").map(String));
    return Object.entries(ACCESS_MODES)
      .filter(([mode]) => modes.has(mode))
      .map(([, short]) => short)
      .join(",");
  };
}

function subjects(kind: string): CellOf {
  return (binding) =>
    objects(binding, "subjects")
      .filter((subject) => subject["kind"] === kind)
      .map((subject) =>
        kind === "ServiceAccount" ? `${stringAt(subject, "namespace")}/${stringAt(subject, "name")}` : stringAt(subject, "name"),
      )
      .join(",");
}

const ROLE_BINDING: readonly Column[] = [
  NAME,
  text(
    "Role",
    "The role that is granted.",
    (binding) => `${stringAt(objectAt(binding, "roleRef"), "kind")}/${stringAt(objectAt(binding, "roleRef"), "name")}`,
  ),
  AGE,
  wide(text("Users", "Users in the roleBinding", subjects("User"))),
  wide(text("Groups", "Groups in the roleBinding", subjects("Group"))),
  wide(text("ServiceAccounts", "ServiceAccounts in the roleBinding", subjects("ServiceAccount"))),
];

function quota(prefix: string): CellOf {
  const belongs = (name: string): boolean => (prefix === "limits" ? name.startsWith("limits") : !name.startsWith("limits"));
  return (object) => {
    const hard = objectAt(status(object), "hard");
    const used = objectAt(status(object), "used");
    return Object.keys(hard)
      .filter(belongs)
      .toSorted()
      .map((name) => `${name}: ${String(used[name] ?? "0")}/${String(hard[name])}`)
      .join(", ");
  };
}

const isDefaultClass = (object: JsonObject): boolean =>
  objectAt(meta(object), "annotations")["storageclass.kubernetes.io/is-default-class"] === "true";

function webhookCount(object: JsonObject): number {
  return countOf(object["webhooks"]);
}

/** What a cluster consists of and is configured with. */
export const CLUSTER_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [NAME, text("Status", "The status of the namespace", at("status", "phase")), AGE],
  configmaps: [
    NAME,
    text("Data", "Data contains the configuration data.", (object) => countOf(object["data"]) + countOf(object["binaryData"])),
    AGE,
  ],
  secrets: [
    NAME,
    text("Type", "Used to facilitate programmatic handling of secret data.", at("type")),
    text("Data", "Data contains the secret data.", (object) => countOf(object["data"])),
    AGE,
  ],
  serviceaccounts: [NAME, AGE],
  nodes: [
    NAME,
    text("Status", "The status of the node", nodeStatus),
    text("Roles", "The roles of the node", nodeRoles),
    AGE,
    text("Version", "Kubelet Version reported by the node.", at("status", "nodeInfo", "kubeletVersion")),
    wide(text("Internal-IP", "The node's address inside the cluster.", nodeAddress("InternalIP"))),
    wide(text("External-IP", "The node's address outside the cluster.", nodeAddress("ExternalIP"))),
    wide(text("OS-Image", "OS Image reported by the node.", or("<unknown>", at("status", "nodeInfo", "osImage")))),
    wide(text("Kernel-Version", "Kernel Version reported by the node.", or("<unknown>", at("status", "nodeInfo", "kernelVersion")))),
    wide(
      text(
        "Container-Runtime",
        "Container runtime reported by the node.",
        or("<unknown>", at("status", "nodeInfo", "containerRuntimeVersion")),
      ),
    ),
  ],
  persistentvolumeclaims: [
    NAME,
    text("Status", "phase represents the current phase of PersistentVolumeClaim.", (claim) =>
      meta(claim)["deletionTimestamp"] === undefined ? stringAt(status(claim), "phase") : "Terminating",
    ),
    text("Volume", "volumeName is the binding reference to the PersistentVolume backing this claim.", at("spec", "volumeName")),
    text("Capacity", "capacity represents the actual resources of the underlying volume.", (claim) =>
      stringAt(spec(claim), "volumeName") === "" ? "" : stringAt(objectAt(status(claim), "capacity"), "storage"),
    ),
    text("Access Modes", "accessModes contains the actual access modes the volume backing the PVC has.", (claim, nowMs) =>
      stringAt(spec(claim), "volumeName") === "" ? "" : accessModes(status)(claim, nowMs),
    ),
    text("StorageClass", "storageClassName is the name of the StorageClass required by the claim.", at("spec", "storageClassName")),
    text("VolumeAttributesClass", "The VolumeAttributesClass used by this claim.", or("<unset>", at("spec", "volumeAttributesClassName"))),
    AGE,
    wide(text("VolumeMode", "volumeMode defines what type of volume is required by the claim.", or("<unset>", at("spec", "volumeMode")))),
  ],
  persistentvolumes: [
    NAME,
    text("Capacity", "capacity is the description of the persistent volume's resources and capacity.", at("spec", "capacity", "storage")),
    text("Access Modes", "accessModes contains all ways the volume can be mounted.", accessModes(spec)),
    text("Reclaim Policy", "What happens to the volume when it is released from its claim.", at("spec", "persistentVolumeReclaimPolicy")),
    text("Status", "phase indicates if a volume is available, bound to a claim, or released by a claim.", (volume) =>
      meta(volume)["deletionTimestamp"] === undefined ? stringAt(status(volume), "phase") : "Terminating",
    ),
    text("Claim", "The claim that the volume is bound to.", (volume) => {
      const claim = objectAt(spec(volume), "claimRef");
      return stringAt(claim, "name") === "" ? "" : `${stringAt(claim, "namespace")}/${stringAt(claim, "name")}`;
    }),
    text(
      "StorageClass",
      "storageClassName is the name of StorageClass to which this persistent volume belongs.",
      at("spec", "storageClassName"),
    ),
    text(
      "VolumeAttributesClass",
      "Name of VolumeAttributesClass to which this persistent volume belongs.",
      or("<unset>", at("spec", "volumeAttributesClassName")),
    ),
    text("Reason", "reason is a brief CamelCase string that describes any failure.", at("status", "reason")),
    AGE,
    wide(
      text(
        "VolumeMode",
        "volumeMode defines if a volume is intended to be used with a formatted filesystem.",
        or("<unset>", at("spec", "volumeMode")),
      ),
    ),
  ],
  resourcequotas: [
    NAME,
    text("Request", "Request represents a minimum amount of cpu/memory that a container may consume.", quota("requests")),
    text("Limit", "Limits control the maximum amount of cpu/memory that a container may use.", quota("limits")),
    AGE,
  ],
  "leases.coordination.k8s.io": [
    NAME,
    text("Holder", "holderIdentity contains the identity of the holder of a current lease.", at("spec", "holderIdentity")),
    AGE,
  ],
  "storageclasses.storage.k8s.io": [
    { ...NAME, cell: (object) => `${stringAt(meta(object), "name")}${isDefaultClass(object) ? " (default)" : ""}` },
    text("Provisioner", "provisioner indicates the type of the provisioner.", at("provisioner")),
    text(
      "ReclaimPolicy",
      "reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage class.",
      or("Delete", at("reclaimPolicy")),
    ),
    text(
      "VolumeBindingMode",
      "volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.",
      or("<unset>", at("volumeBindingMode")),
    ),
    text(
      "AllowVolumeExpansion",
      "allowVolumeExpansion shows whether the storage class allow volume expand.",
      (object) => object["allowVolumeExpansion"] === true,
    ),
    AGE,
  ],
  "priorityclasses.scheduling.k8s.io": [
    NAME,
    integer("Value", "value represents the integer value of this priority class.", number("value")),
    flag("Global-Default", "Whether this class is used for pods without any priority class.", (object) => object["globalDefault"] === true),
    AGE,
    text("PreemptionPolicy", "preemptionPolicy is the policy for preempting pods with lower priority.", at("preemptionPolicy")),
  ],
  "validatingwebhookconfigurations.admissionregistration.k8s.io": [
    NAME,
    integer("Webhooks", "Webhooks indicates the number of webhooks registered in this configuration", webhookCount),
    AGE,
  ],
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": [
    NAME,
    integer("Webhooks", "Webhooks indicates the number of webhooks registered in this configuration", webhookCount),
    AGE,
  ],
  "rolebindings.rbac.authorization.k8s.io": ROLE_BINDING,
  "clusterrolebindings.rbac.authorization.k8s.io": ROLE_BINDING,
};
