import { deploymentProblems } from "./deployment-problems.ts";
import { podSpecProblems } from "./pod-problems.ts";
import { labelRequirementsOf, matchesLabels, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { forbidden, invalid, notSupported, required, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject, objectAt, stringAt } from "../json-object.ts";
import type { RuleContext } from "../resource-descriptor.ts";
import { annotationProblems, labelProblems } from "../rules/metadata.ts";
import { wasGivenEmpty } from "../typed/decode-built-in.ts";
import { COUNTS_SPEC, specChanges, type RuleOverrides } from "./rules.ts";

/** Deployments count their annotations too: a rollout may be asked for with one. Source: `pkg/registry/apps/deployment/strategy.go`. */
const specOrAnnotationsChange = (before: JsonObject, after: JsonObject): boolean =>
  specChanges(before, after) ||
  !sameJson(objectAt(before["metadata"], "annotations") as Json, objectAt(after["metadata"], "annotations") as Json);

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

function immutable(object: JsonObject, before: JsonObject | undefined, fields: readonly string[]): readonly FieldProblem[] {
  if (before === undefined) return [];
  const spec = objectAt(object, "spec");
  const old = objectAt(before, "spec");
  return fields
    .filter((field) => !sameJson((spec[field] ?? null) as Json, (old[field] ?? null) as Json))
    .map((field) => invalid(`spec.${field}`, spec[field] ?? null, "field is immutable"));
}
