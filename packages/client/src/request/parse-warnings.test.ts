import { describe, expect, it } from "vitest";
import { parseWarnings } from "./parse-warnings.ts";

describe("parseWarnings", () => {
  it.each([
    [undefined, []],
    ['299 - "unknown field \\"spec.x\\""', ['unknown field "spec.x"']],
    ['299 - "a, b", 299 - "c"', ["a, b", "c"]],
    ['299 kube "back\\\\slash"', ["back\\slash"]],
    ['110 - "stale"', []],
    ['299 - "never ends', []],
  ])("reads %j", (header, texts) => {
    expect(parseWarnings(header)).toEqual(texts);
  });
});
