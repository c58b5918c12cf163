import { ApiError, codeOf } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { failureOf, type FailureKind } from "./failure.ts";

describe("a failure", () => {
  it.each<[number, FailureKind]>([
    [400, "rejected"],
    [401, "refused"],
    [403, "refused"],
    [404, "refused"],
    [405, "rejected"],
    [406, "rejected"],
    [410, "expired"],
    [415, "rejected"],
    [422, "rejected"],
    [429, "busy"],
    [500, "refused"],
    [502, "refused"],
    [503, "refused"],
    [504, "refused"],
  ])("of status %i is %s", (status, kind) => {
    const error = new ApiError("list", { code: codeOf(status), status, retryAfterMs: 5 });
    expect(failureOf(error)).toEqual({ kind, retryAfterMs: 5, error });
  });

  it("with the reason Expired is expired, whatever the status", () => {
    expect(failureOf(new ApiError("list", { code: codeOf(400, "Expired"), status: 400 })).kind).toBe("expired");
  });

  it.each<[unknown, FailureKind]>([
    [new ApiError("list", { code: "ConnectionFailed" }), "broken"],
    [new ApiError("list", { code: "DeadlineExceeded" }), "silent"],
    [new ApiError("list", { code: "MalformedResponse" }), "malformed"],
    [new Error("boom"), "broken"],
    ["a string", "broken"],
    [undefined, "broken"],
  ])("without a status (%s) is %s", (error, kind) => {
    expect(failureOf(error).kind).toBe(kind);
  });
});
