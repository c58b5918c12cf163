import { podSpecProblems } from "./pod-problems.ts";
import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { forbidden, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { timestamp } from "../rules/deletion.ts";
import { COUNTS_SPEC, type RuleOverrides } from "./rules.ts";

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
