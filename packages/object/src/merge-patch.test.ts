import { expect, test } from "vitest";
import type { Json } from "./kubernetes-object.ts";
import { mergePatch, mergePatchBetween } from "./merge-patch.ts";
import { deepFreeze } from "./mutable-copy.ts";

const cases: readonly (readonly [title: string, target: Json, patch: Json, result: Json])[] = [
  ["a key is set", { a: "b" }, { a: "c" }, { a: "c" }],
  ["a key is added", { a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  ["null removes a key", { a: "b", b: "c" }, { a: null }, { b: "c" }],
  ["null for a missing key does nothing", { b: "c" }, { a: null }, { b: "c" }],
  ["maps merge", { a: { b: "c", d: "e" } }, { a: { b: "x", d: null } }, { a: { b: "x" } }],
  ["lists are replaced whole", { a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  ["a map replaces a scalar, without its nulls", { a: 1 }, { a: { b: { c: null } } }, { a: { b: {} } }],
  ["a scalar replaces a map", { a: { b: 1 } }, { a: 1 }, { a: 1 }],
  ["a null in the target is replaced", { e: null }, { a: 1 }, { e: null, a: 1 }],
  ["a patch that is no map replaces the target", { a: 1 }, ["c"], ["c"]],
  ["a target that is no map is replaced", [1], { a: "b", c: null }, { a: "b" }],
  ["null fields of new list items are dropped", { l: [1] }, { l: [{ a: null, b: 1 }, null] }, { l: [{ b: 1 }, null] }],
];

test.each(cases)("%s", (_title, target, patch, result) => {
  expect(mergePatch(deepFreeze(target), deepFreeze(patch))).toEqual(result);
});

test("__proto__ is a key like any other", () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true},"n":{"__proto__":{"polluted":true}}}') as Json;
  expect(JSON.stringify(mergePatch({ n: {} }, patch))).toBe('{"n":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

const pairs: readonly (readonly [title: string, before: Json, after: Json, patch: Json])[] = [
  ["equal objects need no patch", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, {}],
  ["a removed key becomes null", { a: 1, b: 2 }, { b: 2 }, { a: null }],
  ["only the changed leaf is named", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, { a: { b: 2 } }],
  ["a changed list is whole", { l: [1, 2] }, { l: [1, 3] }, { l: [1, 3] }],
  ["an emptied map loses its keys", { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
  ["a map that becomes a scalar is replaced", { a: { b: 1 } }, { a: 1 }, { a: 1 }],
];

test.each(pairs)("between: %s", (_title, before, after, patch) => {
  expect(mergePatchBetween(deepFreeze(before), deepFreeze(after))).toEqual(patch);
  expect(mergePatch(before, patch)).toEqual(after);
});
