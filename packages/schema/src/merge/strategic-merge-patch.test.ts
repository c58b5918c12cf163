import { deepFreeze } from "@operatorkit/object";
import { describe, expect, test } from "vitest";
import type { StructuralSchema } from "../structural-schema.ts";
import { MergeError } from "./merge-error.ts";
import { strategicMergePatch } from "./strategic-merge-patch.ts";

const SCHEMA: StructuralSchema = {
  type: "object",
  properties: {
    items: {
      type: "array",
      "x-kubernetes-patch-strategy": "merge,retainKeys",
      "x-kubernetes-patch-merge-key": "name",
      items: {
        type: "object",
        properties: { names: { type: "array", "x-kubernetes-patch-strategy": "merge", items: { type: "string" } } },
      },
    },
    noKey: { type: "array", "x-kubernetes-patch-strategy": "merge", items: { type: "object" } },
    scalars: { type: "array", "x-kubernetes-patch-strategy": "merge", items: { type: "string" } },
    atomic: { type: "array", items: { type: "object" } },
    whole: { type: "object", "x-kubernetes-patch-strategy": "replace" },
    maps: { type: "object", additionalProperties: { type: "object" } },
  },
};

const item = (name: string, more: object = {}): object => ({ name, ...more });

test.each<[title: string, live: object, patch: object, result: object]>([
  [
    "items merge by their key, new ones come last",
    { items: [item("a", { x: 1 })] },
    { items: [item("b"), item("a", { y: 1 })] },
    { items: [item("b"), item("a", { x: 1, y: 1 })] },
  ],
  [
    "the server's items stay before what they stood before",
    { items: [item("s"), item("a"), item("t")] },
    { items: [item("a")] },
    { items: [item("s"), item("a"), item("t")] },
  ],
  [
    "lists inside of items merge by their own strategy",
    { items: [item("a", { names: ["x"] })] },
    { items: [item("a", { names: ["y"] })] },
    { items: [item("a", { names: ["y", "x"] })] },
  ],
  [
    "$patch: replace in a list drops the server's items",
    { items: [item("a"), item("b")] },
    { items: [item("c"), { $patch: "replace" }] },
    { items: [item("c")] },
  ],
  [
    "$patch: delete removes every item with the key",
    { items: [item("a"), item("a", { x: 1 }), item("b")] },
    { items: [{ name: "a", $patch: "delete" }] },
    { items: [item("b")] },
  ],
  ["a list with another strategy is replaced", { atomic: [{ a: 1 }, { b: 1 }] }, { atomic: [{ c: 1 }] }, { atomic: [{ c: 1 }] }],
  ["a map with the strategy replace is replaced", { whole: { a: 1 } }, { whole: { b: 1 } }, { whole: { b: 1 } }],
  [
    "scalars merge without repeating, in the order of the patch",
    { scalars: ["a", "b"] },
    { scalars: ["c", "a"] },
    { scalars: ["c", "a", "b"] },
  ],
  ["$deleteFromPrimitiveList of nothing changes nothing", {}, { "$deleteFromPrimitiveList/scalars": ["a"] }, {}],
  [
    "$setElementOrder alone puts a list in order",
    { scalars: ["a", "b", "c"] },
    { "$setElementOrder/scalars": ["c", "a"] },
    { scalars: ["b", "c", "a"] },
  ],
  ["a new list loses its directives", {}, { items: [item("a"), { name: "b", $patch: "delete" }] }, { items: [item("a")] }],
  ["a new map loses its nulls and directives", {}, { maps: { a: { x: null, y: { $patch: "delete" }, z: 1 } } }, { maps: { a: { z: 1 } } }],
  ["a map takes the place of a scalar", { maps: 1 }, { maps: { a: {} } }, { maps: { a: {} } }],
  ["null removes", { scalars: ["a"], other: 1 }, { scalars: null }, { other: 1 }],
  ["$patch: replace at the top replaces everything", { a: 1 }, { $patch: "replace", b: 1 }, { b: 1 }],
])("%s", (_title, live, patch, result) => {
  expect(strategicMergePatch(deepFreeze(live), deepFreeze(patch), SCHEMA)).toEqual(result);
});

describe("refuses", () => {
  test.each<[title: string, live: object, patch: object, code: string]>([
    ["a list of lists", { scalars: ["a"] }, { scalars: [["b"]] }, "Unprocessable"],
    ["items of different types", { scalars: ["a"] }, { scalars: [1] }, "InvalidType"],
    ["maps to merge without a key", { noKey: [{ a: 1 }] }, { noKey: [{ b: 1 }] }, "InvalidType"],
    ["$patch: merge in a list", { items: [item("a")] }, { items: [{ name: "a", $patch: "merge" }] }, "InvalidType"],
    ["an unknown $patch of a map", {}, { $patch: "bogus" }, "InvalidType"],
    ["a directive without a list", {}, { $setElementOrder: [] }, "BadRequest"],
    ["the order of an unknown list", { other: [] }, { "$setElementOrder/other": ["a"] }, "InvalidType"],
    ["$retainKeys that miss a key of the patch", {}, { $retainKeys: ["a"], b: 1 }, "BadRequest"],
  ])("%s", (_title, live, patch, code) => {
    expect(() => strategicMergePatch(live, patch, SCHEMA)).toThrow(expect.objectContaining({ name: MergeError.name, code }));
  });
});

test("__proto__ is a key like any other", () => {
  const patch = JSON.parse('{"maps":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}') as object;
  const result = strategicMergePatch({ maps: {} }, patch, SCHEMA);
  expect(JSON.stringify(result)).toBe('{"maps":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("a long list is merged in reasonable time", () => {
  const items = Array.from({ length: 5_000 }, (_, index) => item(`n${index}`));
  const startedAt = performance.now();
  expect(strategicMergePatch({ items }, { items: items.toReversed() }, SCHEMA).items).toEqual(items.toReversed());
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
