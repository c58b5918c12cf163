import { expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { ignoreNotFound } from "./ignore-not-found.ts";

it("answers undefined for what is not there, and nothing else", async () => {
  const conflict = new ApiError("patch Pod a: it has changed", { code: "Conflict" });
  expect(await ignoreNotFound(Promise.resolve(1))).toBe(1);
  expect(await ignoreNotFound(Promise.reject(new ApiError("get Pod a: not found", { code: "NotFound" })))).toBeUndefined();
  await expect(ignoreNotFound(Promise.reject(conflict))).rejects.toBe(conflict);
});
