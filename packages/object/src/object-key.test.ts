import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOf, refOf } from "./object-key.ts";

describe("keyOf and refOf", () => {
  it.each([
    [{ namespace: "a", name: "b" }, "a/b"],
    [{ name: "b" }, "b"],
    [{ namespace: "", name: "b" }, "b"],
  ])("the key of %j is %s", (ref, key) => {
    expect(keyOf(ref)).toBe(key);
    expect(keyOf({ apiVersion: "v1", kind: "Pod", metadata: ref })).toBe(key);
  });

  it("are each other's inverse", () => {
    const name = fc.stringMatching(/^[a-z0-9.-]+$/);
    const ref = fc.oneof(fc.record({ namespace: name, name }), fc.record({ name }));
    fc.assert(
      fc.property(ref, (one) => {
        expect(refOf(keyOf(one))).toEqual(one);
      }),
    );
  });
});
