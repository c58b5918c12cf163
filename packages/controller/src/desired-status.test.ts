import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { desiredStatus, sameStatus, type Status } from "./desired-status.ts";

function object(status?: Status, generation = 3): KubernetesObject {
  return { apiVersion: "a.example.com/v1", kind: "Thing", metadata: { name: "a", generation }, ...(status !== undefined && { status }) };
}

const options = { observesGeneration: true, nowMs: Date.UTC(2026, 1, 2) };
const ready = {
  type: "Ready",
  status: "True",
  observedGeneration: 2,
  lastTransitionTime: "2026-01-01T00:00:00Z",
  reason: "Ok",
  message: "",
} as const;

describe("desiredStatus", () => {
  it("wants nothing when nothing was returned", () => {
    expect(desiredStatus(object({ a: 1 }), {}, options)).toBeUndefined();
  });

  it("adds the observed generation only to kinds that have it", () => {
    expect(desiredStatus(object(), { status: { a: 1 } }, options)).toEqual({ a: 1, observedGeneration: 3 });
    expect(desiredStatus(object(), { status: { a: 1 } }, { ...options, observesGeneration: false })).toEqual({ a: 1 });
  });

  it("says it as the server will read it, without what JSON has no word for", () => {
    const status = { a: undefined, at: new Date(0), deep: { b: undefined, c: 1 } };
    const desired = desiredStatus(object(), { status }, { ...options, observesGeneration: false });
    expect([Object.keys(desired ?? {}), desired]).toEqual([["at", "deep"], { at: "1970-01-01T00:00:00.000Z", deep: { c: 1 } }]);
  });

  it("keeps the transition time while the condition's status stays, and takes now when it turns", () => {
    const before = object({ conditions: [ready] });
    const same = desiredStatus(before, { conditions: [{ type: "Ready", status: "True", reason: "Still", message: "m" }] }, options);
    expect(same?.conditions).toEqual([{ ...ready, observedGeneration: 3, reason: "Still", message: "m" }]);
    const turned = desiredStatus(before, { conditions: [{ type: "Ready", status: "False", reason: "No" }] }, options);
    expect(turned?.conditions).toEqual([
      { type: "Ready", status: "False", observedGeneration: 3, lastTransitionTime: "2026-02-02T00:00:00Z", reason: "No", message: "" },
    ]);
  });

  it("lets the caller set transition time and generation, and takes the last of two conditions of one type", () => {
    const inputs = [
      { type: "Ready", status: "False", reason: "First" },
      { type: "Ready", status: "True", reason: "Last", lastTransitionTime: "2020-01-01T00:00:00Z", observedGeneration: 1 },
    ] as const;
    expect(desiredStatus(object(), { conditions: inputs }, options)?.conditions).toEqual([{ ...inputs[1], message: "" }]);
  });

  it("carries the fields over when only conditions were returned, and the conditions when only fields were", () => {
    const before = object({ a: 1, conditions: [ready], observedGeneration: 2 });
    expect(desiredStatus(before, { conditions: [] }, options)).toEqual({ a: 1, conditions: [], observedGeneration: 3 });
    expect(desiredStatus(before, { status: { b: 2 } }, options)).toEqual({ b: 2, conditions: [ready], observedGeneration: 3 });
  });

  it("takes conditions that are in the status as they are, for built-in kinds have shapes of their own", () => {
    const available = { type: "Available", status: "True", lastUpdateTime: "2026-01-01T00:00:00Z" };
    const desired = desiredStatus(object({ conditions: [ready] }), { status: { conditions: [available] } }, options);
    expect(desired).toEqual({ conditions: [available], observedGeneration: 3 });
  });

  it("leaves out what JSON has no word for", () => {
    expect(desiredStatus(object(), { status: { a: undefined, b: { c: undefined } } }, options)).toEqual({ b: {}, observedGeneration: 3 });
  });
});

describe("sameStatus", () => {
  it("does not mind the order of conditions and keys", () => {
    const other = { ...ready, type: "Other" };
    expect(sameStatus({ a: 1, conditions: [ready, other] }, { conditions: [other, ready], a: 1 })).toBe(true);
    expect(sameStatus({ conditions: [ready] }, { conditions: [other] })).toBe(false);
    expect(sameStatus({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  });
});
