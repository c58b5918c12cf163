import { describe, expect, it } from "vitest";
import type { RawResponse } from "../raw-http.ts";
import { firstDifference, Masker } from "./transcript.ts";

function response(json: unknown, status = 200): RawResponse {
  return { status, headers: {}, text: JSON.stringify(json), json };
}

function object(resourceVersion: string, uid: string): unknown {
  return {
    kind: "ConfigMap",
    metadata: { name: "one", resourceVersion, uid, creationTimestamp: "2026-05-06T07:08:09Z" },
    data: { a: "1" },
  };
}

const UID = "11111111-2222-3333-4444-555555555555";
const OTHER = "99999999-2222-3333-4444-555555555555";

function cause(field: string): unknown {
  return { field, message: "no" };
}

function status(...causes: readonly unknown[]): unknown {
  return { kind: "Status", reason: "Invalid", message: String(causes.length), details: { causes } };
}

describe("Masker", () => {
  it("makes the same answers of two servers the same", () => {
    const [real, ours] = [new Masker(), new Masker()];
    const left = [real.mask("1", response(object("100", UID))), real.mask("2", response(object("117", UID)))];
    const right = [ours.mask("1", response(object("5", OTHER))), ours.mask("2", response(object("6", OTHER)))];
    expect(firstDifference(left, right)).toBeUndefined();
  });

  it("shows of a generated name what it was generated from", () => {
    const named = (name: string): unknown => ({ kind: "ConfigMap", metadata: { name } });
    const [left, right] = [new Masker().mask("1", response(named("m7-abc12"))), new Masker().mask("1", response(named("m7-xyz89")))];
    expect(firstDifference(left, right)).toBeUndefined();
    expect(firstDifference(left, new Masker().mask("1", response(named("m8-xyz89"))))).toMatch(/^\.body\.metadata\.name/);
  });

  it("still shows a version that did not change", () => {
    const [real, ours] = [new Masker(), new Masker()];
    const left = [real.mask("1", response(object("100", UID))), real.mask("2", response(object("100", UID)))];
    const right = [ours.mask("1", response(object("5", OTHER))), ours.mask("2", response(object("6", OTHER)))];
    expect(firstDifference(left, right)).toMatch(/^\.1\.body\.metadata\.resourceVersion/);
  });

  it("does not mind the order of managers and causes, nor what the real server tells twice", () => {
    const left = new Masker().mask("1", response(status(cause("a"), cause("b"), cause("a")), 422));
    const right = new Masker().mask("1", response(status(cause("b"), cause("a")), 422));
    expect(firstDifference(left, right)).toBeUndefined();
  });
});

describe("firstDifference", () => {
  it("names the place and both sides", () => {
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe(".a.1.b\n  real: 2\n  ours: 3");
    expect(firstDifference({ a: 1 }, {})).toBe(".a\n  real: 1\n  ours: undefined");
    expect(firstDifference({}, { a: 1 })).toBe(".a\n  real: undefined\n  ours: 1");
    expect(firstDifference([1], { 0: 1 })).toContain("answer\n");
  });
});
