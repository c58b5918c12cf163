import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { conflictsOf } from "./conflicts-of.ts";

function refused(...messages: string[]): ApiError {
  const causes = messages.map((message, index) => ({ reason: "FieldManagerConflict", message, field: `.data.f${index}` }));
  return new ApiError("apply ConfigMap x/a", { code: "Conflict", status: 409, response: { details: { causes } } });
}

describe("conflictsOf", () => {
  it.each([
    ['conflict with "kubectl"', { manager: "kubectl" }],
    ['conflict with "kubectl" using apps/v1', { manager: "kubectl", apiVersion: "apps/v1" }],
    [
      'conflict with "kubectl-edit" using v1 at 2026-11-21T13:00:00Z',
      { manager: "kubectl-edit", apiVersion: "v1", at: "2026-11-21T13:00:00Z" },
    ],
    ['conflict with "hpa" with subresource "scale" using apps/v1', { manager: "hpa", subresource: "scale", apiVersion: "apps/v1" }],
    ['conflict with "a \\"b\\""', { manager: 'a "b"' }],
    ["words of a later release", { manager: "" }],
  ])("reads %s", (message, expected) => {
    expect(conflictsOf(refused(message))).toEqual([{ field: ".data.f0", ...expected }]);
  });

  it("has one entry for each field", () => {
    expect(conflictsOf(refused('conflict with "a"', 'conflict with "b"')).map(({ field, manager }) => `${field} ${manager}`)).toEqual([
      ".data.f0 a",
      ".data.f1 b",
    ]);
  });

  it("finds none in a conflict of versions, nor in other errors", () => {
    expect(conflictsOf(new ApiError("update", { code: "Conflict", status: 409 }))).toEqual([]);
    expect(conflictsOf(new ApiError("apply", { code: "Invalid", response: refused('conflict with "a"').response }))).toEqual([]);
    expect(conflictsOf(new Error("no"))).toEqual([]);
  });
});
