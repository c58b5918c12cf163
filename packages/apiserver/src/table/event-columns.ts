import { type JsonObject, isObject, objectAt, stringAt } from "../json-object.ts";
import type { Column } from "../resource-descriptor.ts";
import { NAME, type CellOf, at, text, wide } from "./column-builders.ts";
import { ageOf } from "./human-duration.ts";

/** Both event APIs store one object, under the names of either. */
function eventField(...names: string[]): CellOf {
  return (event) => names.map((name) => stringAt(event, name)).find((value) => value !== "") ?? "";
}

function lastSeen(event: JsonObject, nowMs: number): string {
  const { series, eventTime } = event;
  if (isObject(series)) return ageOf(series["lastObservedTime"], nowMs);
  return ageOf(event["lastTimestamp"] ?? event["deprecatedLastTimestamp"] ?? eventTime, nowMs);
}

function firstSeen(event: JsonObject, nowMs: number): string {
  return ageOf(event["firstTimestamp"] ?? event["deprecatedFirstTimestamp"] ?? event["eventTime"], nowMs);
}

function regarding(event: JsonObject): JsonObject {
  return isObject(event["involvedObject"]) ? event["involvedObject"] : objectAt(event, "regarding");
}

function eventObject(event: JsonObject): string {
  const kind = stringAt(regarding(event), "kind").toLowerCase();
  const name = stringAt(regarding(event), "name");
  return name === "" ? kind : `${kind}/${name}`;
}

function eventSource(event: JsonObject): string {
  const source = isObject(event["source"]) ? event["source"] : objectAt(event, "deprecatedSource");
  const component = stringAt(source, "component") || stringAt(event, "reportingComponent") || stringAt(event, "reportingController");
  const host = stringAt(source, "host") || stringAt(event, "reportingInstance");
  return host === "" ? component : `${component}, ${host}`;
}

function eventCount(event: JsonObject): number {
  const { series } = event;
  const count = isObject(series) ? series["count"] : (event["count"] ?? event["deprecatedCount"]);
  return typeof count === "number" && count > 0 ? count : 1;
}

/** Events, in either of their APIs. */
export const EVENT_COLUMNS: readonly Column[] = [
  text("Last Seen", "The time at which the most recent occurrence of this event was recorded.", lastSeen),
  text("Type", "Type of this event (Normal, Warning), new types could be added in the future", at("type")),
  text(
    "Reason",
    "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
    at("reason"),
  ),
  text("Object", "The object that this event is about.", eventObject),
  wide(text("Subobject", "The part of the object that this event is about.", (event) => stringAt(regarding(event), "fieldPath"))),
  wide(text("Source", "The component reporting this event. Should be a short machine understandable string.", eventSource)),
  text("Message", "A human-readable description of the status of this operation.", (event) =>
    String(eventField("message", "note")(event, 0)).trim(),
  ),
  wide(text("First Seen", "The time at which the event was first recorded.", firstSeen)),
  wide(text("Count", "The number of times this event has occurred.", eventCount)),
  wide(NAME),
];
