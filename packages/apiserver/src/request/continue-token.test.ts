import { expect, it } from "vitest";
import { decodeContinue, encodeContinue } from "./continue-token.ts";

it("a token comes back as it was made", () => {
  for (const token of [
    { version: 518, after: "core/c2" },
    { version: -1, after: "ü" },
  ]) {
    expect(decodeContinue(encodeContinue(token))).toEqual(token);
  }
});

it.each([
  "abc",
  "",
  "e30",
  Buffer.from('{"v":"meta.k8s.io/v1","rv":0,"start":"a"}').toString("base64url"),
  Buffer.from("null").toString("base64url"),
])("%j is refused", (token) => {
  expect(() => decodeContinue(token)).toThrow(/^invalid continue token: /);
});
