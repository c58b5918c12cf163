import { labelRequirementsOf, matchesLabels, type LabelSelector } from "@operatorkit/object";
import { isObject, listAt, objectAt, stringAt, type JsonObject } from "../json-object.ts";
import { timestamp } from "../rules/deletion.ts";
import { collectionOf, type ServerContext } from "../server-context.ts";
import { plainError, StatusError } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";

/**
 * Takes one disruption from the budget that a running pod is under, or refuses. Source: kubernetes
 * `pkg/registry/core/pod/storage/eviction.go`. A budget whose status nobody has computed yet holds nothing back here, where a real
 * server refuses until its disruption controller has: most clusters in a process have none, and every eviction would wait for ever.
 *
 * @throws StatusError 429 when no pod may go, 500 when several budgets say so
 */
export function spendDisruption(context: ServerContext, pod: StoredObject, dryRun: boolean): void {
  const descriptor = context.registry.find("policy", "v1", "poddisruptionbudgets");
  if (descriptor === undefined || !isLoss(pod.object)) return;
  const budgets = collectionOf(context, descriptor);
  const labels = objectAt(objectAt(pod.object, "metadata"), "labels") as Readonly<Record<string, string>>;
  const held = [...budgets.objects()].filter((budget) => {
    const { namespace } = objectAt(budget, "metadata");
    // Validated when it was written.
    const selector = objectAt(budget, "spec")["selector"] as LabelSelector | undefined;
    return namespace === pod.namespace && matchesLabels(labelRequirementsOf(selector), labels);
  });
  const [budget] = held;
  if (budget === undefined) return;
  if (held.length > 1) throw plainError("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
  const status = objectAt(budget, "status");
  if (!(Number(status["observedGeneration"]) > 0) || isUnhealthyAndFree(pod.object, budget)) return;
  const name = stringAt(budget["metadata"], "name");
  const generation = Number(objectAt(budget, "metadata")["generation"] ?? 0);
  if (Number(status["observedGeneration"]) < generation) {
    throw tooMany(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  const allowed = Number(status["disruptionsAllowed"] ?? 0);
  const [needed, healthy] = [Number(status["desiredHealthy"] ?? 0), Number(status["currentHealthy"] ?? 0)];
  if (allowed <= 0) throw tooMany(`The disruption budget ${name} needs ${needed} healthy pods and has ${healthy} currently`);
  if (dryRun) return;
  const disruptedPods = { ...objectAt(status, "disruptedPods"), [pod.name]: timestamp(context.clock.now()) };
  budgets.put(pod.namespace, name, { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } });
}

/** Whether anybody misses the pod: not one that does not run, nor one that is on its way out. */
function isLoss(pod: JsonObject): boolean {
  const phase = stringAt(pod["status"], "phase");
  return !["Pending", "Succeeded", "Failed"].includes(phase) && objectAt(pod, "metadata")["deletionTimestamp"] === undefined;
}

/** Source: KEP-3017. */
function isUnhealthyAndFree(pod: JsonObject, budget: JsonObject): boolean {
  const isReady = listAt(pod["status"], "conditions").some(
    (condition) => isObject(condition) && condition["type"] === "Ready" && condition["status"] === "True",
  );
  if (isReady) return false;
  const { currentHealthy, desiredHealthy } = objectAt(budget, "status");
  if (stringAt(budget["spec"], "unhealthyPodEvictionPolicy") === "AlwaysAllow") return true;
  return Number(desiredHealthy ?? 0) > 0 && Number(currentHealthy ?? 0) >= Number(desiredHealthy ?? 0);
}

function tooMany(why: string, retryAfterSeconds?: number): StatusError {
  return new StatusError({
    code: 429,
    reason: "TooManyRequests",
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: "DisruptionBudget", message: why }], ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
