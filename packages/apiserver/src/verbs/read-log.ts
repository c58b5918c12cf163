import type { TransportResponse } from "@operatorkit/api";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { LogBody } from "../logs/log-body.ts";
import { LogLines } from "../logs/log-lines.ts";
import { type LogOptions, logOptions } from "../logs/log-options.ts";
import { containerOf, containerState } from "../logs/pod-containers.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { badRequest } from "../status-error.ts";
import { storedObject } from "./read.ts";

/**
 * What a container has logged. The API server itself answers for a pod that no node has: 204. The rest is what a kubelet would say.
 * Source: k8s.io/kubernetes `pkg/registry/core/pod/rest/log.go`, `pkg/kubelet/kubelet_pods.go` (validateContainerLogStatus).
 */
export function readLog(context: ServerContext, request: ResourceRequest): TransportResponse {
  const options = logOptions(request.query, request.target.name, request.nowMs);
  const pod = storedObject(context, request).object;
  const container = containerOf(pod, options.container);
  if (context.podLogs.of(pod, container) === undefined) {
    if (stringAt(objectAt(pod, "spec"), "nodeName") === "") return { status: 204, headers: HEADERS, body: nothing() };
    checkStarted(pod, container, options);
  }
  const lines = linesOf(context, pod, container, options);
  const { signal } = request.request;
  const { namespace, name } = request.target;
  const collection = collectionOf(context, request.descriptor);
  const uid = stringAt(pod["metadata"], "uid");
  const body = new LogBody({
    lines,
    options: options.previous ? { ...options, follow: false } : options,
    signal,
    isEnded: () => {
      const now = collection.get(namespace, name)?.object;
      const isGone = now === undefined || stringAt(now["metadata"], "uid") !== uid;
      return isGone || lines.isClosed || containerState(now, container).isEnded;
    },
    subscribe: (listener) => collection.subscribe(listener),
  });
  return { status: 200, headers: { ...HEADERS, "content-type": "text/plain" }, body };
}

const HEADERS = { "cache-control": "no-cache, private" };

function checkStarted(pod: JsonObject, container: string, { previous }: LogOptions): void {
  const { waitingFor } = containerState(pod, container);
  const name = stringAt(pod["metadata"], "name");
  if (waitingFor !== undefined && !previous) {
    throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} is waiting to start: ${waitingFor}`);
  }
}

function linesOf({ podLogs }: ServerContext, pod: JsonObject, container: string, { previous, follow }: LogOptions): LogLines {
  if (!previous) return (follow ? podLogs.opened(pod, container) : podLogs.of(pod, container))?.current ?? new LogLines();
  const lines = podLogs.of(pod, container)?.previous;
  if (lines !== undefined) return lines;
  const name = stringAt(pod["metadata"], "name");
  throw badRequest(`previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} not found`);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
