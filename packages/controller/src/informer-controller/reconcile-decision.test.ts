import type { ResourceAction } from "@operatorkit/object";
import type { MarkFacts } from "@operatorkit/watcher";
import { expect, it } from "vitest";
import { decideReconcile, type ReconcileDecision } from "./reconcile-decision.ts";

/** `D` deleting, `F` ours, `W` in progress. */
function facts(text: string): MarkFacts {
  return { isDeleting: text.includes("D"), isOurs: text.includes("F"), isInProgress: text.includes("W") };
}

const STATES = ["", "W", "F", "FW", "D", "DW", "DF", "DFW"];

it.each<[ResourceAction, readonly ReconcileDecision[]]>([
  ["CREATE", ["create", "create", "resync", "resync", "ignore", "cleanUp", "cleanUp", "cleanUp"]],
  ["UPDATE", ["protect", "create", "pass", "pass", "ignore", "cleanUp", "cleanUp", "cleanUp"]],
  ["RESYNC", ["protect", "create", "pass", "pass", "ignore", "cleanUp", "cleanUp", "cleanUp"]],
  ["DELETE", ["ignore", "ignore", "ignore", "ignore", "ignore", "ignore", "ignore", "ignore"]],
])("%s means, with every combination of marks, %j", (action, decisions) => {
  expect(STATES.map((state) => decideReconcile(action, facts(state)))).toEqual(decisions);
});
