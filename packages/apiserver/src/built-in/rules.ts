import { dns1123LabelProblems, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { forbidden, invalid, required, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { ResourceRules } from "../resource-descriptor.ts";
import { crdProblems, markCrdTerminating, prepareCrd, prepareCrdUpdate } from "../crd/crd-rules.ts";

/** What a built-in kind does differently from most; the rest is in `rulesFor`. */
export type RuleOverrides = Partial<ResourceRules>;

export const specChanges = (before: JsonObject, after: JsonObject): boolean =>
  !sameJson((before["spec"] ?? null) as Json, (after["spec"] ?? null) as Json);

/** Everything but metadata and status. */
const contentChanges = (before: JsonObject, after: JsonObject): boolean => {
  const { metadata: _a, status: _b, ...old } = before;
  const { metadata: _c, status: _d, ...next } = after;
  return !sameJson(old as Json, next as Json);
};

export const COUNTS_SPEC: RuleOverrides = { generationChanges: specChanges };
export const COUNTS_CONTENT: RuleOverrides = { generationChanges: contentChanges };

const MAX_USER_PRIORITY = 1_000_000_000;

/** Source: `pkg/apis/scheduling/validation/validation.go` (ValidatePriorityClass). */
export const PRIORITY_CLASS: RuleOverrides = {
  ...COUNTS_CONTENT,
  validate(priority) {
    if (Number(priority["value"]) <= MAX_USER_PRIORITY || stringAt(priority["metadata"], "name").startsWith("system-")) return [];
    return [forbidden("value", `maximum allowed value of a user defined priority is ${MAX_USER_PRIORITY}`)];
  },
};

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
