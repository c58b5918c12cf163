import type { JsonObject } from "../json-object.ts";

/** What `events.k8s.io/v1` calls the fields of a core event. Source: k8s.io/kubernetes `pkg/apis/events/v1/conversion.go`. */
const NAMES: readonly (readonly [core: string, events: string])[] = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reportingComponent", "reportingController"],
];

const shown = new WeakMap<JsonObject, JsonObject>();

/** A stored core event as `events.k8s.io` shows it. */
export function eventFromCore(stored: JsonObject): JsonObject {
  const known = shown.get(stored);
  if (known !== undefined) return known;
  const event: JsonObject = { kind: "Event", apiVersion: "events.k8s.io/v1" };
  const names = new Map(NAMES);
  for (const [key, value] of Object.entries(stored)) {
    if (key === "kind" || key === "apiVersion") continue;
    // Both are written by the core type even when empty, and by this one only when set.
    if ((key === "reportingComponent" || key === "reportingInstance") && value === "") continue;
    event[names.get(key) ?? key] = value;
  }
  shown.set(stored, event);
  return event;
}

/** An `events.k8s.io` event as it is stored: a core one. */
export function eventToCore(object: JsonObject): JsonObject {
  const event: JsonObject = { kind: "Event", apiVersion: "v1" };
  const names = new Map(NAMES.map(([core, events]) => [events, core]));
  for (const [key, value] of Object.entries(object)) if (key !== "kind" && key !== "apiVersion") event[names.get(key) ?? key] = value;
  event["reportingComponent"] ??= "";
  event["reportingInstance"] ??= "";
  event["source"] ??= {};
  return event;
}
