import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import type { Column } from "../resource-descriptor.ts";
import {
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
  firstThree,
} from "./column-builders.ts";
import { ageOf, humanDuration } from "./human-duration.ts";
import { podCells, readinessGates } from "./pod-cells.ts";
import { labelsText, selectorText } from "./selector-text.ts";

// What workloads share.
const podSpecOf = (object: JsonObject): JsonObject => objectAt(objectAt(spec(object), "template"), "spec");
const CONTAINERS = wide(text("Containers", "Names of each container in the template.", (object) => containerNames(podSpecOf(object))));
const IMAGES = wide(text("Images", "Images referenced by each container in the template.", (object) => containerImages(podSpecOf(object))));
const SELECTOR = wide(text("Selector", "Label selector for pods.", (object) => selectorText(spec(object)["selector"])));

function containerNames(podSpec: JsonObject): string {
  return objects(podSpec, "containers")
    .map((container) => stringAt(container, "name"))
    .join(",");
}

function containerImages(podSpec: JsonObject): string {
  return objects(podSpec, "containers")
    .map((container) => stringAt(container, "image"))
    .join(",");
}

function replicas(name: string, description: string, ...path: string[]): Column {
  return integer(name, description, number(...path));
}

const SCALED: readonly Column[] = [
  replicas("Desired", "Replicas is the number of desired pods.", "spec", "replicas"),
  replicas("Current", "Replicas is the most recently observed number of non-terminating pods.", "status", "replicas"),
  replicas("Ready", "The number of non-terminating pods with a Ready condition.", "status", "readyReplicas"),
];

function podIp(pod: JsonObject): string {
  const [first] = objects(status(pod), "podIPs");
  return stringAt(first, "ip") || stringAt(status(pod), "podIP") || "<none>";
}

function jobStatus(job: JsonObject): string {
  const holds = (type: string): boolean =>
    objects(status(job), "conditions").some((one) => one["type"] === type && one["status"] === "True");
  if (holds("Complete")) return "Complete";
  if (holds("Failed")) return "Failed";
  if (meta(job)["deletionTimestamp"] !== undefined) return "Terminating";
  if (holds("Suspended")) return "Suspended";
  if (holds("FailureTarget")) return "FailureTarget";
  return holds("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
}

function jobCompletions(job: JsonObject): string {
  const { completions, parallelism } = spec(job);
  const succeeded = number("status", "succeeded")(job, 0) ?? 0;
  if (typeof completions === "number") return `${succeeded}/${completions}`;
  return typeof parallelism === "number" && parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: JsonObject, nowMs: number): string {
  const started = Date.parse(stringAt(status(job), "startTime"));
  if (Number.isNaN(started)) return "";
  const ended = Date.parse(stringAt(status(job), "completionTime"));
  return humanDuration((Number.isNaN(ended) ? nowMs : ended) - started);
}

function metricTargets(scaler: JsonObject): string {
  const current = objects(status(scaler), "currentMetrics");
  const targets = objects(spec(scaler), "metrics").map((metric, index) => {
    const source = objectAt(metric, "resource");
    const target = objectAt(source, "target");
    const now = objectAt(objectAt(current[index], "resource"), "current");
    if (typeof target["averageUtilization"] === "number") {
      const used = typeof now["averageUtilization"] === "number" ? `${now["averageUtilization"]}%` : "<unknown>";
      return `${stringAt(source, "name")}: ${used}/${target["averageUtilization"]}%`;
    }
    return `${stringAt(source, "name") || stringAt(metric, "type")}: ${stringAt(now, "averageValue") || "<unknown>"}/${stringAt(target, "averageValue") || stringAt(target, "value")}`;
  });
  const { targetCPUUtilizationPercentage: simple } = spec(scaler);
  if (typeof simple === "number") {
    const { currentCPUUtilizationPercentage: used } = status(scaler);
    targets.push(`cpu: ${typeof used === "number" ? `${used}%` : "<unknown>"}/${simple}%`);
  }
  return firstThree(targets, "<none>");
}

/** What runs pods, and pods. */
export const WORKLOAD_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    NAME,
    text("Ready", "The aggregate readiness state of this pod for accepting traffic.", (pod, nowMs) => podCells(pod, nowMs).ready),
    text("Status", "The aggregate status of the containers in this pod.", (pod, nowMs) => podCells(pod, nowMs).status),
    text(
      "Restarts",
      "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.",
      (pod, nowMs) => podCells(pod, nowMs).restarts,
    ),
    AGE,
    wide(text("IP", "podIP address allocated to the pod.", podIp)),
    wide(text("Node", "The node that this pod runs on.", or("<none>", at("spec", "nodeName")))),
    wide(
      text("Nominated Node", "The node that preemption has made room on for this pod.", or("<none>", at("status", "nominatedNodeName"))),
    ),
    wide(text("Readiness Gates", "Conditions that must hold for the pod to be ready.", readinessGates)),
  ],
  podtemplates: [
    NAME,
    text("Containers", "Names of each container in the template.", (object) =>
      containerNames(objectAt(objectAt(object, "template"), "spec")),
    ),
    text("Images", "Images referenced by each container in the template.", (object) =>
      containerImages(objectAt(objectAt(object, "template"), "spec")),
    ),
    text("Pod Labels", "The labels for the pod template.", (object) =>
      labelsText(objectAt(objectAt(object, "template"), "metadata")["labels"]),
    ),
  ],
  replicationcontrollers: [
    NAME,
    ...SCALED,
    AGE,
    CONTAINERS,
    IMAGES,
    wide(text("Selector", "Label selector for pods.", (object) => labelsText(spec(object)["selector"]))),
  ],
  "deployments.apps": [
    NAME,
    text(
      "Ready",
      "Number of the pod with ready state",
      (object) => `${number("status", "readyReplicas")(object, 0)}/${number("spec", "replicas")(object, 0)}`,
    ),
    text(
      "Up-to-date",
      "Total number of non-terminating pods targeted by this deployment that have the desired template spec.",
      number("status", "updatedReplicas"),
    ),
    text(
      "Available",
      "Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.",
      number("status", "availableReplicas"),
    ),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  "replicasets.apps": [NAME, ...SCALED, AGE, CONTAINERS, IMAGES, SELECTOR],
  "statefulsets.apps": [
    NAME,
    text(
      "Ready",
      "Number of the pod with ready state",
      (object) => `${number("status", "readyReplicas")(object, 0)}/${number("spec", "replicas")(object, 0)}`,
    ),
    AGE,
    CONTAINERS,
    IMAGES,
  ],
  "daemonsets.apps": [
    NAME,
    replicas("Desired", "The total number of nodes that should be running the daemon pod.", "status", "desiredNumberScheduled"),
    replicas(
      "Current",
      "The number of nodes that are running at least 1 daemon pod and are supposed to run it.",
      "status",
      "currentNumberScheduled",
    ),
    replicas("Ready", "The number of nodes that run the daemon pod with a Ready condition.", "status", "numberReady"),
    replicas("Up-to-date", "The number of nodes that run the updated daemon pod.", "status", "updatedNumberScheduled"),
    replicas("Available", "The number of nodes that run the daemon pod and have it available.", "status", "numberAvailable"),
    text("Node Selector", "A selector which must be true for the pod to fit on a node.", (object) =>
      labelsText(podSpecOf(object)["nodeSelector"]),
    ),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  "controllerrevisions.apps": [
    NAME,
    text("Controller", "Controller of the object", (object) => {
      const owner = objects(meta(object), "ownerReferences").find((reference) => reference["controller"] === true);
      if (owner === undefined) return "<none>";
      const [group = ""] = stringAt(owner, "apiVersion").split("/");
      const kind = stringAt(owner, "kind").toLowerCase();
      return `${stringAt(owner, "apiVersion").includes("/") ? `${kind}.${group}` : kind}/${stringAt(owner, "name")}`;
    }),
    text("Revision", "Revision indicates the revision of the state represented by Data.", number("revision")),
    AGE,
  ],
  "jobs.batch": [
    NAME,
    text("Status", "Status of the job.", jobStatus),
    text("Completions", "Succeeded pods, of those that are wanted.", jobCompletions),
    text("Duration", "Time required to complete the job.", jobDuration),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  "cronjobs.batch": [
    NAME,
    text("Schedule", "The schedule in Cron format.", at("spec", "schedule")),
    text("Timezone", "The time zone name for the given schedule.", or("<none>", at("spec", "timeZone"))),
    flag("Suspend", "Whether subsequent executions are suspended.", (object) => (spec(object)["suspend"] === true ? "True" : "False")),
    integer("Active", "How many jobs are running.", (object) => countOf(status(object)["active"])),
    text("Last Schedule", "When the job was last successfully scheduled.", (object, nowMs) => {
      const { lastScheduleTime } = status(object);
      return lastScheduleTime === undefined ? "<none>" : ageOf(lastScheduleTime, nowMs);
    }),
    AGE,
    wide(
      text("Containers", "Names of each container in the template.", (object) =>
        containerNames(podSpecOf({ spec: objectAt(spec(object), "jobTemplate")["spec"] })),
      ),
    ),
    wide(
      text("Images", "Images referenced by each container in the template.", (object) =>
        containerImages(podSpecOf({ spec: objectAt(spec(object), "jobTemplate")["spec"] })),
      ),
    ),
    wide(
      text("Selector", "Label selector for pods.", (object) =>
        selectorText(objectAt(objectAt(spec(object), "jobTemplate"), "spec")["selector"]),
      ),
    ),
  ],
  "poddisruptionbudgets.policy": [
    NAME,
    text("Min Available", "The minimum number of pods that must be available.", (object) => String(spec(object)["minAvailable"] ?? "N/A")),
    text("Max Unavailable", "The maximum number of pods that may be unavailable.", (object) =>
      String(spec(object)["maxUnavailable"] ?? "N/A"),
    ),
    integer("Allowed Disruptions", "Calculated number of pods that may be disrupted at this time.", number("status", "disruptionsAllowed")),
    AGE,
  ],
  "horizontalpodautoscalers.autoscaling": [
    NAME,
    text("Reference", "What is scaled.", (scaler) => {
      const target = objectAt(spec(scaler), "scaleTargetRef");
      return `${stringAt(target, "kind")}/${stringAt(target, "name")}`;
    }),
    text("Targets", "The measured values and those that are aimed at.", metricTargets),
    text("MinPods", "The lower limit for the number of replicas.", (scaler) => String(spec(scaler)["minReplicas"] ?? "<unset>")),
    text("MaxPods", "The upper limit for the number of replicas.", number("spec", "maxReplicas")),
    text("Replicas", "The current number of replicas.", number("status", "currentReplicas")),
    AGE,
  ],
};
