import type { TransportResponse } from "@operatorkit/api";
import type { JsonObject } from "../json-object.ts";
import { present, shapeOne } from "../presentation.ts";
import { type ListOptions, listOptions } from "../request/list-options.ts";
import { selectionOf } from "../request/selection.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { warningHeader } from "../response.ts";
import { parseVersion } from "../rules/version-match.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { type StatusError, plainError, tooLargeVersion } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { WatchBody } from "../watch/watch-body.ts";
import { malformedVersion, visiblePage } from "./read.ts";

/** A watch that does not say how long it lasts ends between half an hour and an hour. Source: apiserver `handlers/get.go`. */
const MIN_TIMEOUT_SECONDS = 1_800;

/** Answers with a stream of events. Its first bytes may come much later than its headers. */
export function watchObjects(context: ServerContext, request: ResourceRequest): TransportResponse {
  const { descriptor, target, representation } = request;
  const options = listOptions(request.query);
  const selected = selectionOf(descriptor, options.labelSelector, options.fieldSelector, (stored) => present(descriptor, stored.object));
  const { namespace } = target;
  const matches = (stored: StoredObject): boolean =>
    (namespace === "" || stored.namespace === namespace) && (selected === undefined || selected(stored));
  const collection = collectionOf(context, descriptor);
  const type = representation.encoding === "yaml" ? "application/yaml" : "application/json";
  const answer = (body: AsyncIterable<Uint8Array>): TransportResponse => ({
    status: 200,
    headers: { "content-type": type, "cache-control": "no-cache, private", ...warningHeader(request.warnings) },
    body,
  });
  const visibleVersion = (): number => context.views.visibleVersion(request);
  const start = startOf(visibleVersion(), options);
  if (start.type === "tooLarge") return answer(errorEvent(tooLargeVersion(options.resourceVersion, visibleVersion())));
  const seconds = options.timeoutSeconds ?? 0;
  const timeoutSeconds = seconds > 0 ? seconds : MIN_TIMEOUT_SECONDS * (1 + context.random());
  const body = new WatchBody({
    collection,
    clock: context.clock,
    matches,
    after: start.after,
    initial: start.sendsInitial ? visiblePage(context, request, { namespace, matches }).items : [],
    marksInitialEnd: start.sendsInitial && options.allowWatchBookmarks,
    bookmarks: options.allowWatchBookmarks,
    deadlineMs: context.clock.monotonicMs() + timeoutSeconds * 1000,
    signal: request.request.signal,
    currentVersion: visibleVersion,
    encode: encoderOf(context, request),
    bookmark: (version, initialEventsEnd) => bookmarkObject(request, version, initialEventsEnd),
  });
  return answer(body);
}

type WatchStart =
  | { readonly type: "from"; readonly after: number; readonly sendsInitial: boolean }
  /** The initial state is asked for not older than a version that is not there yet: said in the stream, as the real server does. */
  | { readonly type: "tooLarge" };

/**
 * Without a version, and from "0", a watch begins with the present state, as with `sendInitialEvents`.
 * Source: apimachinery `internalversion/defaults.go` (SetListOptionsDefaults).
 */
function startOf(current: number, { resourceVersion, sendInitialEvents }: ListOptions): WatchStart {
  if (resourceVersion === "" || resourceVersion === "0") return { type: "from", after: current, sendsInitial: sendInitialEvents ?? true };
  const version = parseVersion(resourceVersion);
  if (version === undefined) throw plainError(malformedVersion(resourceVersion));
  if (sendInitialEvents !== true) return { type: "from", after: version, sendsInitial: false };
  if (version > current) return { type: "tooLarge" };
  return { type: "from", after: current, sendsInitial: true };
}

async function* errorEvent(error: StatusError): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(`{"type":"ERROR","object":${JSON.stringify(error.toStatus())}}\n`);
}

function encoderOf(context: ServerContext, request: ResourceRequest): (stored: StoredObject, version: number) => string {
  const { descriptor, representation } = request;
  let withColumns = true;
  return (stored, version) => {
    const object = present(descriptor, stored.object);
    const plain = representation.as === undefined;
    if (plain && version === stored.version) return context.texts.of(object);
    const shown = version === stored.version ? object : withVersion(object, version);
    const text = JSON.stringify(plain ? shown : shapeOne(request, shown, withColumns));
    withColumns = false;
    return text;
  };
}

function withVersion(object: JsonObject, version: number): JsonObject {
  return { ...object, metadata: { ...(object["metadata"] as JsonObject), resourceVersion: String(version) } };
}

function bookmarkObject(request: ResourceRequest, version: number, initialEventsEnd: boolean): JsonObject {
  const { kind, apiVersion } = request.descriptor;
  const metadata = {
    resourceVersion: String(version),
    ...(initialEventsEnd && { annotations: { "k8s.io/initial-events-end": "true" } }),
  };
  const object = { kind, apiVersion, metadata };
  return request.representation.as === undefined ? object : shapeOne(request, object, false);
}
