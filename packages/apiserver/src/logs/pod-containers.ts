import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { badRequest } from "../status-error.ts";

/**
 * The container a log is asked of: the one named, or the only one.
 * Source: k8s.io/kubernetes `pkg/registry/core/pod/strategy.go` (LogLocation).
 * @throws StatusError 400
 */
export function containerOf(pod: JsonObject, asked: string): string {
  const spec = objectAt(pod, "spec");
  const name = stringAt(pod["metadata"], "name");
  const containers = listAt(spec, "containers");
  const names = [...listAt(spec, "initContainers"), ...containers, ...listAt(spec, "ephemeralContainers")].map((one) =>
    stringAt(one, "name"),
  );
  if (asked !== "") {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  if (containers.length === 1) return stringAt(containers[0], "name");
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(" ")}]`);
}

/** What a container is doing, as its pod's status says. */
export interface ContainerState {
  /** Why it does not run yet: `ContainerCreating`. */
  readonly waitingFor: string | undefined;
  /** Nothing more will come of it. */
  readonly isEnded: boolean;
}

export function containerState(pod: JsonObject, container: string): ContainerState {
  const status = objectAt(pod, "status");
  const statuses = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"].flatMap((key) => listAt(status, key));
  const state = objectAt(
    statuses.find((one) => stringAt(one, "name") === container),
    "state",
  );
  const phase = stringAt(status, "phase");
  const waitingFor = state["waiting"] === undefined ? undefined : stringAt(state["waiting"], "reason") || "Waiting";
  return { waitingFor, isEnded: state["terminated"] !== undefined || phase === "Succeeded" || phase === "Failed" };
}
