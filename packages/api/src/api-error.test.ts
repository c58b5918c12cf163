import { describe, expect, it } from "vitest";
import {
  ApiError,
  codeOf,
  isAlreadyExists,
  isApiError,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  isTooManyRequests,
} from "./api-error.ts";

const withCode = (code: ApiError["code"]) => new ApiError("get Pod default/web", { code });

describe("ApiError", () => {
  it("is recognised by name and code, so that another copy of the package is recognised too", () => {
    class Foreign extends Error {
      override readonly name = "ApiError";
      readonly code = "NotFound";
    }
    expect(isNotFound(new Foreign("get Pod"))).toBe(true);
    expect(isApiError(new Error("get Pod"))).toBe(false);
    expect(isApiError({ name: "ApiError", code: "NotFound" })).toBe(false);
  });

  it("keeps the cause and the fields the server refused", () => {
    const cause = new Error("socket");
    const error = new ApiError("create Pod", {
      code: "Invalid",
      status: 422,
      cause,
      response: { details: { causes: [{ field: "spec" }] } },
    });
    expect(error.cause).toBe(cause);
    expect(error.causes).toEqual([{ field: "spec" }]);
    expect(withCode("Gone").causes).toEqual([]);
    expect("cause" in withCode("Gone")).toBe(false);
  });

  it.each([
    [isNotFound, ["NotFound"]],
    [isAlreadyExists, ["AlreadyExists"]],
    [isConflict, ["Conflict"]],
    [isInvalid, ["Invalid"]],
    [isExpired, ["Expired", "Gone"]],
    [isForbidden, ["Forbidden"]],
    [isTooManyRequests, ["TooManyRequests"]],
  ] as const)("%o is true for its codes alone", (predicate, codes) => {
    const all = ["NotFound", "AlreadyExists", "Conflict", "Invalid", "Expired", "Gone", "Forbidden", "TooManyRequests", "Unknown"] as const;
    expect(all.filter((code) => predicate(withCode(code)))).toEqual(codes);
    expect(predicate(undefined)).toBe(false);
  });
});

describe("codeOf", () => {
  it("believes a known reason before the status", () => {
    expect(codeOf(409, "AlreadyExists")).toBe("AlreadyExists");
    expect(codeOf(410, "Expired")).toBe("Expired");
  });

  it("falls back to the status, and to Unknown", () => {
    expect(codeOf(409)).toBe("Conflict");
    expect(codeOf(422, "SomethingNew")).toBe("Invalid");
    expect(codeOf(418, "Teapot")).toBe("Unknown");
  });
});
