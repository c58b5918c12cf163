import type { FaultAction, FaultMatch } from "@operatorkit/apiserver";
import type { Scenario } from "./scenario.ts";

const LISTS_AND_WATCHES = ["list", "watch"] as const;

/** Longer than the ten seconds in which requests are counted. */
const LASTS_MS = 11_000;

function lasting(name: string, verb: FaultMatch["verb"], action: FaultAction): Scenario {
  return {
    id: "P10",
    name: `for eleven seconds, ${name}`,
    // Waits grow to 30 s.
    healMs: 35_000,
    async run(world) {
      await world.untilAsked(2);
      world.fault(verb, action);
      world.cut();
      await world.put("a", "changed");
      await world.remove("b");
      await world.wait(LASTS_MS);
    },
  };
}

/** The same fault again and again, for long enough that a client that spins is seen to. */
export const lastingScenarios: readonly Scenario[] = [
  lasting("every watch ends at once", "watch", { type: "end" }),
  lasting("every watch is told 410 in its stream", "watch", { type: "expire" }),
  lasting("every watch is answered 410", "watch", { type: "expire", as: "status" }),
  lasting("every watch is too old, and merely ends", "watch", { type: "expire", as: "end" }),
  lasting("every list and watch is answered 410", LISTS_AND_WATCHES, { type: "status", code: 410, reason: "Expired" }),
  lasting("everything is answered 429 without Retry-After", LISTS_AND_WATCHES, { type: "status", code: 429 }),
  lasting("everything is answered 503 with Retry-After 0", LISTS_AND_WATCHES, { type: "status", code: 503, retryAfterSeconds: 0 }),
  lasting("everything is answered 500", LISTS_AND_WATCHES, { type: "status", code: 500 }),
  lasting("everything is answered 401", LISTS_AND_WATCHES, { type: "status", code: 401 }),
  lasting("everything is answered 403", LISTS_AND_WATCHES, { type: "status", code: 403 }),
  lasting("everything is answered 404", LISTS_AND_WATCHES, { type: "status", code: 404 }),
  lasting("everything is answered 409", LISTS_AND_WATCHES, { type: "status", code: 409 }),
  lasting("everything is answered 422", LISTS_AND_WATCHES, { type: "status", code: 422 }),
  lasting("every connection is reset", LISTS_AND_WATCHES, { type: "reset", scope: "connection" }),
  lasting("everything is answered with an HTML page", LISTS_AND_WATCHES, {
    type: "answer",
    body: "<html></html>",
    contentType: "text/html",
  }),
  lasting("everything is answered {}", LISTS_AND_WATCHES, { type: "answer", body: "{}" }),
  lasting("every watch breaks in its first event", "watch", { type: "reset", at: "mid-event" }),
  lasting("every event is garbage", "watch", { type: "corrupt" }),
];
