import { deploymentProblems } from "./deployment-problems.ts";
import { podSpecProblems } from "./pod-problems.ts";
import { dns1123LabelProblems, labelRequirementsOf, matchesLabels, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { forbidden, invalid, notSupported, required, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { ResourceRules, RuleContext } from "../resource-descriptor.ts";
import { timestamp } from "../rules/deletion.ts";
import { annotationProblems, labelProblems } from "../rules/metadata.ts";
import { crdProblems, markCrdTerminating, prepareCrd, prepareCrdUpdate } from "../crd/crd-rules.ts";
import { wasGivenEmpty } from "../typed/decode-built-in.ts";

/** What a built-in kind does differently from most; the rest is in `rulesFor`. */
export type RuleOverrides = Partial<ResourceRules>;

const specChanges = (before: JsonObject, after: JsonObject): boolean =>
  !sameJson((before["spec"] ?? null) as Json, (after["spec"] ?? null) as Json);

/** Deployments count their annotations too: a rollout may be asked for with one. Source: `pkg/registry/apps/deployment/strategy.go`. */
const specOrAnnotationsChange = (before: JsonObject, after: JsonObject): boolean =>
  specChanges(before, after) ||
  !sameJson(objectAt(before["metadata"], "annotations") as Json, objectAt(after["metadata"], "annotations") as Json);

/** Everything but metadata and status. */
const contentChanges = (before: JsonObject, after: JsonObject): boolean => {
  const { metadata: _a, status: _b, ...old } = before;
  const { metadata: _c, status: _d, ...next } = after;
  return !sameJson(old as Json, next as Json);
};

export const COUNTS_SPEC: RuleOverrides = { generationChanges: specChanges };
export const COUNTS_CONTENT: RuleOverrides = { generationChanges: contentChanges };

/** A workload: replicas, a selector that never changes and fits its template. */
export function workload(overrides: RuleOverrides = {}): RuleOverrides {
  return { ...COUNTS_SPEC, validate: workloadProblems, ...overrides };
}

function workloadProblems(
  object: JsonObject,
  before: JsonObject | undefined,
  { sent = object }: Pick<RuleContext, "sent">,
): readonly FieldProblem[] {
  const spec = objectAt(object, "spec");
  const problems: FieldProblem[] = [];
  const replicas = spec["replicas"];
  if (typeof replicas === "number" && replicas < 0) problems.push(invalid("spec.replicas", replicas, "must be greater than or equal to 0"));
  const selector = spec["selector"];
  const labels = objectAt(objectAt(spec["template"], "metadata"), "labels");
  const isNone =
    Object.keys(labels).length === 0 && !wasGivenEmpty(objectAt(objectAt(objectAt(sent, "spec"), "template"), "metadata"), "labels");
  const shown = isNone ? null : labels;
  if (isObject(selector)) {
    if (Object.keys(selector).length === 0)
      problems.push(invalid("spec.selector", selector, `empty selector is invalid for ${stringAt(object, "kind").toLowerCase()}`));
    else if (selectorProblems(selector).length > 0) problems.push(...selectorProblems(selector));
    else if (!isChosen(selector, labels)) {
      problems.push(invalid("spec.template.metadata.labels", shown, "`selector` does not match template `labels`"));
    }
  } else problems.push(invalid("spec.template.metadata.labels", shown, "`selector` does not match template `labels`"));
  const template = objectAt(objectAt(spec, "template"), "spec");
  const metadata = objectAt(objectAt(spec, "template"), "metadata");
  problems.push(
    ...labelProblems(labels, "spec.template.labels"),
    ...annotationProblems(objectAt(metadata, "annotations"), "spec.template.annotations"),
    ...podSpecProblems(template, "spec.template.spec"),
  );
  if (template["restartPolicy"] !== "Always") {
    problems.push(notSupported("spec.template.spec.restartPolicy", template["restartPolicy"], ["Always"]));
  }
  if (template["activeDeadlineSeconds"] !== undefined) {
    problems.push(forbidden("spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported"));
  }
  if (before !== undefined && !sameJson((objectAt(before, "spec")["selector"] ?? null) as Json, (selector ?? null) as Json)) {
    problems.push(invalid("spec.selector", selector ?? null, "field is immutable"));
  }
  return problems;
}

/** Source: apimachinery `pkg/apis/meta/v1/validation/validation.go` ValidateLabelSelector. */
function selectorProblems(selector: JsonObject): readonly FieldProblem[] {
  const problems = labelProblems(objectAt(selector, "matchLabels"), "spec.selector.matchLabels");
  return problems.length === 0 ? [] : [...problems, invalid("spec.selector", selector, "invalid label selector")];
}

function isChosen(selector: JsonObject, labels: JsonObject): boolean {
  try {
    // Decoding saw to the types of both.
    return matchesLabels(labelRequirementsOf(selector), labels as Readonly<Record<string, string>>);
  } catch {
    return false;
  }
}

export const DEPLOYMENT: RuleOverrides = workload({
  generationChanges: specOrAnnotationsChange,
  validate: (deployment, before, context) => [...workloadProblems(deployment, before, context), ...deploymentProblems(deployment)],
});

export const REPLICA_SET: RuleOverrides = workload({
  prepareForCreate: (object) => void (object["status"] = { replicas: 0 }),
});

export const STATEFUL_SET: RuleOverrides = workload({
  prepareForCreate: (object) => void (object["status"] = { replicas: 0, availableReplicas: 0 }),
});

export const DAEMON_SET: RuleOverrides = workload({
  prepareForCreate(object) {
    const metadata = object["metadata"] as JsonObject;
    metadata["annotations"] = { ...objectAt(metadata, "annotations"), "deprecated.daemonset.template.generation": "1" };
    object["status"] = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
  },
});

export const JOB: RuleOverrides = {
  ...COUNTS_SPEC,
  prepareForCreate(object) {
    object["status"] = {};
    const spec = objectAt(object, "spec");
    if (spec["manualSelector"] === true) return;
    const metadata = object["metadata"] as JsonObject;
    const uid = stringAt(metadata, "uid");
    const name = stringAt(metadata, "name");
    const labels = {
      "batch.kubernetes.io/controller-uid": uid,
      "batch.kubernetes.io/job-name": name,
      "controller-uid": uid,
      "job-name": name,
    };
    const template = objectAt(spec, "template");
    const templateMetadata = objectAt(template, "metadata");
    metadata["labels"] = { ...labels, ...objectAt(metadata, "labels") };
    template["metadata"] = { ...templateMetadata, labels: { ...objectAt(templateMetadata, "labels"), ...labels } };
    spec["selector"] = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  },
  validate(object, before) {
    const template = objectAt(objectAt(objectAt(object, "spec"), "template"), "spec");
    const policy = template["restartPolicy"];
    const problems = [...immutable(object, before, ["selector"]), ...podSpecProblems(template, "spec.template.spec")];
    if (policy === "OnFailure" || policy === "Never") return problems;
    return [...problems, required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')];
  },
};

/** Source: `pkg/apis/batch/validation/validation.go` (validateScheduleFormat): how many fields there are, not what is in them. */
export const CRON_JOB: RuleOverrides = {
  ...COUNTS_SPEC,
  validate(job) {
    const schedule = stringAt(job["spec"], "schedule");
    const fields = schedule.trim().split(/\s+/);
    if (schedule === "" || fields.length === 5 || /^(@|TZ=|CRON_TZ=)/.test(schedule)) return [];
    return [invalid("spec.schedule", schedule, `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`)];
  },
};

const MAX_USER_PRIORITY = 1_000_000_000;

/** Source: `pkg/apis/scheduling/validation/validation.go` (ValidatePriorityClass). */
export const PRIORITY_CLASS: RuleOverrides = {
  ...COUNTS_CONTENT,
  validate(priority) {
    if (Number(priority["value"]) <= MAX_USER_PRIORITY || stringAt(priority["metadata"], "name").startsWith("system-")) return [];
    return [forbidden("value", `maximum allowed value of a user defined priority is ${MAX_USER_PRIORITY}`)];
  },
};

export const POD: RuleOverrides = {
  ...COUNTS_SPEC,
  deleteAnswersObject: true,
  gracePeriodSeconds(pod, requested) {
    const spec = objectAt(pod, "spec");
    const phase = stringAt(pod["status"], "phase");
    if (stringAt(spec, "nodeName") === "" || phase === "Failed" || phase === "Succeeded") return 0;
    const seconds = requested ?? (spec["terminationGracePeriodSeconds"] as number | undefined) ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
  prepareForCreate(pod) {
    const spec = objectAt(pod, "spec");
    pod["status"] = { phase: "Pending", qosClass: qosClassOf(spec) };
    if (spec["priority"] === undefined) spec["priority"] = 0;
    if (spec["preemptionPolicy"] === undefined) spec["preemptionPolicy"] = "PreemptLowerPriority";
    spec["tolerations"] = withDefaultTolerations(listAt(spec, "tolerations"));
  },
  // What its resources make of a pod is not for its status to say.
  prepareForUpdate(pod, before, { subresource }) {
    const spec = objectAt(pod, "spec");
    if (subresource === undefined) {
      spec["tolerations"] = withDefaultTolerations(listAt(spec, "tolerations"));
      // Source: `plugin/pkg/admission/priority`.
      const old = objectAt(before, "spec");
      for (const key of ["priority", "preemptionPolicy"]) if (spec[key] === undefined && old[key] !== undefined) spec[key] = old[key];
    }
    const { qosClass } = objectAt(before, "status");
    if (qosClass !== undefined) pod["status"] = { ...objectAt(pod, "status"), qosClass };
  },
  validate: (pod, before, { subresource }) =>
    before === undefined ? podSpecProblems(objectAt(pod, "spec"), "spec") : subresource === undefined ? podUpdateProblems(pod, before) : [],
};

const DEFAULT_TOLERATION_KEYS = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** Source: `plugin/pkg/admission/defaulttolerationseconds`. */
function withDefaultTolerations(tolerations: readonly unknown[]): readonly unknown[] {
  const added = DEFAULT_TOLERATION_KEYS.filter((key) => !tolerations.some((toleration) => tolerates(toleration, key)));
  return [...tolerations, ...added.map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 }))];
}

function tolerates(toleration: unknown, key: string): boolean {
  const effect = stringAt(toleration, "effect");
  const own = stringAt(toleration, "key");
  return (effect === "" || effect === "NoExecute") && (own === key || (own === "" && stringAt(toleration, "operator") === "Exists"));
}

function counted(list: JsonObject): readonly string[] {
  return ["cpu", "memory"].filter((name) => list[name] !== undefined);
}

/** Source: `pkg/apis/core/v1/helper/qos/qos.go`. */
export function qosClassOf(spec: JsonObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")].filter(isObject);
  const resources = containers.map((container) => objectAt(container, "resources"));
  if (resources.every((one) => counted(objectAt(one, "limits")).length === 0 && counted(objectAt(one, "requests")).length === 0))
    return "BestEffort";
  const guaranteed = resources.every((one) => {
    const limits = objectAt(one, "limits");
    const requests = objectAt(one, "requests");
    return counted(limits).length === 2 && counted(limits).every((name) => requests[name] === undefined || requests[name] === limits[name]);
  });
  return guaranteed ? "Guaranteed" : "Burstable";
}

function fixedPart(object: JsonObject): JsonObject {
  const {
    activeDeadlineSeconds: _a,
    tolerations: _t,
    schedulingGates: _s,
    terminationGracePeriodSeconds: _g,
    containers,
    initContainers,
    ...rest
  } = objectAt(object, "spec");
  return { ...rest, containers: withoutImages(containers), initContainers: withoutImages(initContainers) };
}

/** Fields of a Pod's spec that may change: images, deadlines, tolerations (added), gates, and the grace period of a negative one. */
function podUpdateProblems(pod: JsonObject, before: JsonObject): readonly FieldProblem[] {
  const problems = [...podSpecProblems(objectAt(pod, "spec"), "spec")];
  if (listAt(pod["spec"], "containers").length !== listAt(before["spec"], "containers").length) {
    return [...problems, forbidden("spec.containers", "pod updates may not add or remove containers")];
  }
  if (sameJson(fixedPart(pod) as Json, fixedPart(before) as Json)) return problems;
  return [
    ...problems,
    forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ),
  ];
}

function withoutImages(containers: unknown): Json {
  if (!Array.isArray(containers)) return [];
  return containers.map((container: JsonObject) => {
    const { image: _, ...rest } = container;
    return rest as Json;
  });
}

/** A scheduler's word on where a Pod runs. Source: `pkg/registry/core/pod/storage/storage.go` (setPodNodeAndMetadata). */
export function bindPod(pod: JsonObject, binding: JsonObject, nowMs: number): string | undefined {
  const spec = pod["spec"] as JsonObject;
  const node = stringAt(binding["target"], "name");
  if (objectAt(pod, "metadata")["deletionTimestamp"] !== undefined)
    return `pod ${stringAt(pod["metadata"], "name")} is being deleted, cannot be assigned to a host`;
  if (stringAt(spec, "nodeName") !== "")
    return `pod ${stringAt(pod["metadata"], "name")} is already assigned to node ${JSON.stringify(spec["nodeName"])}`;
  spec["nodeName"] = node;
  const status = objectAt(pod, "status");
  const conditions = listAt(status, "conditions").filter((condition) => stringAt(condition, "type") !== "PodScheduled");
  pod["status"] = {
    ...status,
    conditions: [...conditions, { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: timestamp(nowMs) }],
  };
  return undefined;
}

export const ENDPOINT_SLICE: RuleOverrides = {
  ...COUNTS_CONTENT,
  validate: (slice, before) =>
    before === undefined || slice["addressType"] === before["addressType"]
      ? []
      : [invalid("addressType", slice["addressType"], "field is immutable")],
};

/** An event is where its object is; events about cluster-scoped ones are in `default`. Source: `pkg/apis/core/validation/events.go`. */
export const EVENT: RuleOverrides = {
  createOnUpdate: true,
  validate(event) {
    const field = event["regarding"] === undefined ? "involvedObject" : "regarding";
    const namespace = stringAt(event[field], "namespace");
    const own = stringAt(event["metadata"], "namespace");
    const fits = namespace === "" ? own === "default" || own === "kube-system" : namespace === own;
    return fits ? [] : [invalid(`${field}.namespace`, namespace, "does not match event.namespace")];
  },
};

export const NAMESPACE: RuleOverrides = {
  writtenElsewhere: ["spec", "status"],
  nameProblems: (name) => (name.includes(".") ? ["must not contain dots"] : dns1123LabelProblems(name)),
  beginDeletion: (namespace) => void (namespace["status"] = { ...objectAt(namespace, "status"), phase: "Terminating" }),
  heldBack: (namespace) => listAt(namespace["spec"], "finalizers").length > 0,
  deleteRefusal: (namespace) =>
    UNDELETABLE.includes(stringAt(namespace["metadata"], "name")) ? "this namespace may not be deleted" : undefined,
  validate(namespace) {
    const phase = stringAt(namespace["status"], "phase");
    const wanted = objectAt(namespace, "metadata")["deletionTimestamp"] === undefined ? "Active" : "Terminating";
    if (phase === wanted) return [];
    const when = wanted === "Active" ? "empty" : "not empty";
    return [invalid("status.Phase", phase, `may only be '${wanted}' if \`deletionTimestamp\` is ${when}`)];
  },
  prepareForCreate(namespace) {
    namespace["spec"] = { finalizers: ["kubernetes"] };
    namespace["status"] = { phase: "Active" };
  },
};

const UNDELETABLE = ["default", "kube-system", "kube-public"];

export interface SealableOptions {
  /** What never changes. */
  readonly fixed?: readonly string[];
  /** Where too much data is told. */
  readonly sizeField: string;
}

/** Data that may be sealed with `immutable`. */
export function sealable(fields: readonly string[], { fixed = [], sizeField }: SealableOptions): RuleOverrides {
  return {
    validate(object, before) {
      const problems: FieldProblem[] = [];
      for (const field of ["data", "binaryData"]) {
        for (const key of Object.keys(objectAt(object, field))) {
          if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
            problems.push(
              invalid(
                `${field}[${key}]`,
                key,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
              ),
            );
          }
        }
      }
      if (sizeOf(object) > MAX_DATA_BYTES) {
        problems.push({ reason: "FieldValueTooLong", field: sizeField, message: `Too long: may not be more than ${MAX_DATA_BYTES} bytes` });
      }
      for (const field of fixed) {
        if (before !== undefined && object[field] !== before[field])
          problems.push(invalid(field, object[field] ?? "", "field is immutable"));
      }
      if (before?.["immutable"] !== true) return problems;
      if (object["immutable"] !== true) problems.push(forbidden("immutable", "field is immutable when `immutable` is set"));
      for (const field of fields) {
        if (!sameJson((before[field] ?? null) as Json, (object[field] ?? null) as Json))
          problems.push(forbidden(field, "field is immutable when `immutable` is set"));
      }
      return problems;
    },
  };
}

const MAX_DATA_BYTES = 1024 * 1024;

/** The bytes of all values, binary ones as they are after decoding. */
function sizeOf(object: JsonObject): number {
  const texts = Object.values(objectAt(object, "data")).map(String);
  const binary = Object.values(objectAt(object, "binaryData")).map(String);
  return (
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) + binary.reduce((sum, text) => sum + Math.floor((text.length * 3) / 4), 0)
  );
}

const SEALED_SECRET: RuleOverrides = sealable(["data"], { fixed: ["type"], sizeField: "data" });

export const SECRET: RuleOverrides = {
  ...SEALED_SECRET,
  validate: (secret, before, context) => [...(SEALED_SECRET.validate?.(secret, before, context) ?? []), ...secretTypeProblems(secret)],
};

/** What a Secret of a known type must have. Source: `pkg/apis/core/validation/validation.go` (ValidateSecret). */
function secretTypeProblems(secret: JsonObject): readonly FieldProblem[] {
  const data = objectAt(secret, "data");
  const missing = (...keys: readonly string[]): readonly FieldProblem[] =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`, ""));
  switch (secret["type"]) {
    case "kubernetes.io/basic-auth": {
      const absent = missing("username", "password");
      return absent.length === 2 ? absent : [];
    }
    case "kubernetes.io/ssh-auth":
      return missing("ssh-privatekey");
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key");
    case "kubernetes.io/dockerconfigjson":
      return missing(".dockerconfigjson");
    default:
      return [];
  }
}

function immutable(object: JsonObject, before: JsonObject | undefined, fields: readonly string[]): readonly FieldProblem[] {
  if (before === undefined) return [];
  const spec = objectAt(object, "spec");
  const old = objectAt(before, "spec");
  return fields
    .filter((field) => !sameJson((spec[field] ?? null) as Json, (old[field] ?? null) as Json))
    .map((field) => invalid(`spec.${field}`, spec[field] ?? null, "field is immutable"));
}

export const LEASE: RuleOverrides = {
  unconditionalUpdate: false,
  createOnUpdate: true,
  validate(lease) {
    const spec = objectAt(lease, "spec");
    const problems: FieldProblem[] = [];
    const seconds = spec["leaseDurationSeconds"];
    if (typeof seconds === "number" && seconds <= 0) problems.push(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
    const transitions = spec["leaseTransitions"];
    if (typeof transitions === "number" && transitions < 0) {
      problems.push(invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
    }
    return problems;
  },
};

/** Source: `pkg/apis/storage/validation/validation.go` (ValidateStorageClass). */
export const STORAGE_CLASS: RuleOverrides = {
  validate: (storage) => (stringAt(storage, "provisioner") === "" ? [required("provisioner", "")] : []),
};

export const NODE: RuleOverrides = {
  keyPrefix: "minions",
  createOnUpdate: false,
  prepareForCreate(node) {
    const spec = objectAt(node, "spec");
    const taint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
    const taints = listAt(spec, "taints");
    if (!taints.some((known) => stringAt(known, "key") === taint.key)) node["spec"] = { ...spec, taints: [...taints, taint] };
  },
};

/** Names that are part of RBAC's own paths: anything a path segment may be. */
export const PATH_SEGMENT: RuleOverrides = {
  createOnUpdate: true,
  nameProblems: (name) =>
    name === "." || name === ".." ? [`may not be '${name}'`] : /[/%]/.test(name) ? ["may not contain '/' or '%'"] : [],
};

export const CUSTOM_RESOURCE_DEFINITION: RuleOverrides = {
  ...COUNTS_SPEC,
  unconditionalUpdate: false,
  prepareForCreate: prepareCrd,
  prepareForUpdate: prepareCrdUpdate,
  beginDeletion: markCrdTerminating,
  validate: (crd, before) => crdProblems(crd, before),
};
