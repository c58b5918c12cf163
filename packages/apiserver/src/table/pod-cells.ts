import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { humanDuration } from "./human-duration.ts";

/** What `kubectl get pods` says about a pod's containers. */
export interface PodCells {
  /** `1/2` */
  readonly ready: string;
  /** One word: the phase, or what explains it better. */
  readonly status: string;
  /** `3 (5m ago)` */
  readonly restarts: string;
}

/**
 * Sums up a pod as kubectl shows it: init containers first, then the first container that is not well, then deletion.
 * Source: kubernetes `pkg/printers/internalversion/printers.go` (printPod).
 */
export function podCells(pod: JsonObject, nowMs: number): PodCells {
  const status = objectAt(pod, "status");
  const spec = objectAt(pod, "spec");
  const sidecars = new Set(
    objects(spec, "initContainers")
      .filter(isSidecar)
      .map((container) => stringAt(container, "name")),
  );
  const inits = objects(status, "initContainerStatuses");
  const mains = objects(status, "containerStatuses");
  const initWord = initReason(inits, sidecars, objects(spec, "initContainers").length);
  const isInitialized = initWord === undefined || hasCondition(status, "Initialized", "True");

  const counted = isInitialized ? [...inits.filter((one) => sidecars.has(stringAt(one, "name"))), ...mains] : inits;
  const total = objects(spec, "containers").length + sidecars.size;
  const ready = [...inits.filter((one) => sidecars.has(stringAt(one, "name"))), ...(isInitialized ? mains : [])].filter(isReady).length;
  const phase = phaseWord(status);
  const word = isInitialized ? mainReason(phase, mains, status) : initWord;
  return { ready: `${ready}/${total}`, status: deletionWord(pod, status, phase) ?? word, restarts: restartsOf(counted, nowMs) };
}

function phaseWord(status: JsonObject): string {
  const gated = objects(status, "conditions").some((one) => one["type"] === "PodScheduled" && one["reason"] === "SchedulingGated");
  return gated ? "SchedulingGated" : stringAt(status, "reason") || stringAt(status, "phase");
}

/** `Init:…` while an init container is not done, else undefined. */
function initReason(statuses: readonly JsonObject[], sidecars: ReadonlySet<string>, total: number): string | undefined {
  for (const [index, container] of statuses.entries()) {
    const state = objectAt(container, "state");
    const { terminated, waiting } = state;
    if (isObject(terminated)) {
      if (numberOf(terminated["exitCode"]) === 0) continue;
      return `Init:${terminatedWord(terminated)}`;
    }
    if (sidecars.has(stringAt(container, "name")) && container["started"] === true) continue;
    const reason = isObject(waiting) ? stringAt(waiting, "reason") : "";
    return reason !== "" && reason !== "PodInitializing" ? `Init:${reason}` : `Init:${index}/${total}`;
  }
  return undefined;
}

function mainReason(phase: string, statuses: readonly JsonObject[], status: JsonObject): string {
  let word = phase;
  let hasRunning = false;
  for (const container of statuses.toReversed()) {
    const { waiting, terminated, running } = objectAt(container, "state");
    const waitingFor = stringAt(waiting, "reason");
    if (waitingFor !== "") word = waitingFor;
    else if (isObject(terminated)) word = terminatedWord(terminated);
    else if (container["ready"] === true && isObject(running)) hasRunning = true;
  }
  // Some containers are done and others still run.
  if (word === "Completed" && hasRunning) return hasCondition(status, "Ready", "True") ? "Running" : "NotReady";
  return word;
}

function terminatedWord(terminated: JsonObject): string {
  const reason = stringAt(terminated, "reason");
  if (reason !== "") return reason;
  const signal = numberOf(terminated["signal"]);
  return signal === 0 ? `ExitCode:${numberOf(terminated["exitCode"])}` : `Signal:${signal}`;
}

function deletionWord(pod: JsonObject, status: JsonObject, phase: string): string | undefined {
  if (objectAt(pod, "metadata")["deletionTimestamp"] === undefined) return undefined;
  if (status["reason"] === "NodeLost") return "Unknown";
  return phase === "Succeeded" || phase === "Failed" ? undefined : "Terminating";
}

function restartsOf(statuses: readonly JsonObject[], nowMs: number): string {
  const restarts = statuses.reduce((sum, container) => sum + numberOf(container["restartCount"]), 0);
  const last = Math.max(
    0,
    ...statuses.map((container) => Date.parse(stringAt(objectAt(objectAt(container, "lastState"), "terminated"), "finishedAt")) || 0),
  );
  return restarts > 0 && last > 0 ? `${restarts} (${humanDuration(nowMs - last)} ago)` : String(restarts);
}

/** `2/3` of the pod's own readiness gates hold; `<none>` when it has none. */
export function readinessGates(pod: JsonObject): string {
  const gates = objects(objectAt(pod, "spec"), "readinessGates");
  if (gates.length === 0) return "<none>";
  const status = objectAt(pod, "status");
  const held = gates.filter((gate) => hasCondition(status, stringAt(gate, "conditionType"), "True"));
  return `${held.length}/${gates.length}`;
}

function isSidecar(container: JsonObject): boolean {
  return container["restartPolicy"] === "Always";
}

function isReady(container: JsonObject): boolean {
  return container["ready"] === true && isObject(objectAt(container, "state")["running"]);
}

function hasCondition(status: JsonObject, type: string, value: string): boolean {
  return objects(status, "conditions").some((condition) => condition["type"] === type && condition["status"] === value);
}

function objects(value: unknown, key: string): readonly JsonObject[] {
  return listAt(value, key).filter(isObject);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
