import type { EventHandler } from "@operatorkit/informer";
import { describe, expect, it } from "vitest";
import { liveEventHandler } from "./live-event-handler.ts";
import type { LiveEvent } from "./live-event.ts";
import { thing } from "./testing/stage.ts";

const { signal } = new AbortController();
const [v1, v2] = [thing("a", { resourceVersion: "1" }), thing("a", { resourceVersion: "2" })];
const [none, other] = [thing("a", { resourceVersion: "" }), thing("a", { resourceVersion: "" })];

function told(tell: (handler: EventHandler) => unknown): Partial<LiveEvent> {
  const events: LiveEvent[] = [];
  tell(liveEventHandler("things", "the source" as never, (event) => events.push(event)));
  const [event] = events;
  if (event === undefined) throw new Error("nothing was told");
  const { action, initial, finalStateUnknown } = event;
  expect(event).toMatchObject({ kind: "things", key: "n/a", source: "the source" });
  return { action, initial, finalStateUnknown };
}

describe("what an informer tells becomes an event:", () => {
  it.each<[string, (handler: EventHandler) => unknown, Partial<LiveEvent>]>([
    ["what was there", (handler) => handler.add?.(v1, { signal, initial: true }), { action: "CREATE", initial: true }],
    ["what is new", (handler) => handler.add?.(v1, { signal, initial: false }), { action: "CREATE" }],
    ["a new version", (handler) => handler.update?.(v1, v2, { signal }), { action: "UPDATE" }],
    ["the same version again", (handler) => handler.update?.(v1, { ...v1 }, { signal }), { action: "RESYNC" }],
    ["the same object again, without a version", (handler) => handler.update?.(none, none, { signal }), { action: "RESYNC" }],
    ["another object without a version", (handler) => handler.update?.(none, other, { signal }), { action: "UPDATE" }],
    ["a deletion", (handler) => handler.delete?.(v1, { signal, finalStateUnknown: false }), { action: "DELETE" }],
    [
      "a deletion that was missed",
      (handler) => handler.delete?.(v1, { signal, finalStateUnknown: true }),
      { action: "DELETE", finalStateUnknown: true },
    ],
  ])("%s", (_what, tell, event) => {
    expect(told(tell)).toEqual({ initial: false, finalStateUnknown: false, ...event });
  });
});
