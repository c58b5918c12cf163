import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { planTurn, type TurnPlan } from "./turn-plan.ts";

const OURS = "example.com/ours";

function object(isDeleting: boolean, finalizers: readonly string[]): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Thing",
    metadata: { name: "a", finalizers, ...(isDeleting && { deletionTimestamp: "2026-01-01T00:00:00Z" }) },
  };
}

type Row = [what: string, object: KubernetesObject | undefined, withCleanup: TurnPlan, withoutCleanup: TurnPlan];

describe("planTurn", () => {
  it.each<Row>([
    ["gone", undefined, "gone", "gone"],
    ["there, without finalizers", object(false, []), "protect", "reconcile"],
    ["there, with another's", object(false, ["example.com/theirs"]), "protect", "reconcile"],
    ["there, with ours", object(false, [OURS]), "reconcile", "reconcile"],
    ["there, with both", object(false, ["example.com/theirs", OURS]), "reconcile", "reconcile"],
    ["deleted, without finalizers", object(true, []), "ignore", "ignore"],
    ["deleted, with another's", object(true, ["example.com/theirs"]), "ignore", "ignore"],
    ["deleted, with ours", object(true, [OURS]), "cleanup", "ignore"],
    ["deleted, with both", object(true, [OURS, "example.com/theirs"]), "cleanup", "ignore"],
  ])("an object that is %s", (_what, given, withCleanup, withoutCleanup) => {
    expect([planTurn(given, OURS), planTurn(given, undefined)]).toEqual([withCleanup, withoutCleanup]);
  });

  it.each<[string, KubernetesObject | undefined, TurnPlan, TurnPlan]>([
    ["gone", undefined, "gone", "gone"],
    ["there, without ours", object(false, ["example.com/theirs"]), "ignore", "ignore"],
    ["there, with ours", object(false, [OURS]), "ignore", "release"],
    ["deleted, without ours", object(true, ["example.com/theirs"]), "ignore", "ignore"],
    ["deleted, with ours", object(true, [OURS]), "ignore", "release"],
  ])("an object that is %s, and not claimed, or released", (_what, given, unclaimed, released) => {
    expect([planTurn(given, OURS, false), planTurn(given, OURS, "release")]).toEqual([unclaimed, released]);
    expect([planTurn(given, undefined, false), planTurn(given, undefined, "release")]).toEqual(
      given === undefined ? ["gone", "gone"] : ["ignore", "ignore"],
    );
  });
});
