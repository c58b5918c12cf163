import { expect, test } from "vitest";
import { applyJsonPatch, JsonPatchError, MAX_JSON_PATCH_OPERATIONS } from "./json-patch.ts";
import type { JsonPatchOperation } from "./json-patch.ts";
import { deepFreeze } from "./mutable-copy.ts";

type Case = readonly [title: string, document: unknown, patch: readonly unknown[], result: unknown];

/** The wire may hold anything, so cases are untyped; a result of `{ code }` in an Error position is an expected failure. */
const applies: readonly Case[] = [
  ["add sets a key", { a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
  ["add replaces a key", { a: 1 }, [{ op: "add", path: "/a", value: 2 }], { a: 2 }],
  ["add inserts into a list", { l: [1, 3] }, [{ op: "add", path: "/l/1", value: 2 }], { l: [1, 2, 3] }],
  ["add appends with -", { l: [1] }, [{ op: "add", path: "/l/-", value: 2 }], { l: [1, 2] }],
  ["add at the length appends", { l: [1] }, [{ op: "add", path: "/l/1", value: 2 }], { l: [1, 2] }],
  ["add counts negative indices from behind the end", { l: [1, 2] }, [{ op: "add", path: "/l/-1", value: 3 }], { l: [1, 2, 3] }],
  ["add reads a signed index", { l: [1] }, [{ op: "add", path: "/l/+0", value: 0 }], { l: [0, 1] }],
  ["add without a value adds null", { a: 1 }, [{ op: "add", path: "/b" }], { a: 1, b: null }],
  ["keys are unescaped once", {}, [{ op: "add", path: "/a~1b~01", value: 1 }], { "a/b~1": 1 }],
  ["the empty key is a key", {}, [{ op: "add", path: "/", value: 1 }], { "": 1 }],
  ["remove drops a key", { a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
  ["remove drops an item", { l: [1, 2, 3] }, [{ op: "remove", path: "/l/-2" }], { l: [1, 3] }],
  ["replace of a missing map key adds it", { a: {} }, [{ op: "replace", path: "/a/b", value: 1 }], { a: { b: 1 } }],
  ["replace sets an item", { l: [1, 2] }, [{ op: "replace", path: "/l/0", value: 9 }], { l: [9, 2] }],
  ["replace of the whole document", { a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }], { b: 2 }],
  ["move takes a value along", { a: { x: 1 } }, [{ op: "move", from: "/a/x", path: "/y" }], { a: {}, y: 1 }],
  ["move within a list", { l: [1, 2, 3] }, [{ op: "move", from: "/l/0", path: "/l/2" }], { l: [2, 3, 1] }],
  ["copy duplicates a value", { a: { x: 1 } }, [{ op: "copy", from: "/a", path: "/b" }], { a: { x: 1 }, b: { x: 1 } }],
  ["copy of a missing key adds null", { a: {} }, [{ op: "copy", from: "/a/x", path: "/b" }], { a: {}, b: null }],
  [
    "test compares maps without order",
    { a: { x: 1, y: [1] } },
    [{ op: "test", path: "/a", value: { y: [1], x: 1 } }],
    { a: { x: 1, y: [1] } },
  ],
  ["test of a missing key against null passes", {}, [{ op: "test", path: "/a", value: null }], {}],
  ["test of the whole document", { a: 1 }, [{ op: "test", path: "", value: { a: 1 } }], { a: 1 }],
];

test.each(applies)("%s", (_title, document, patch, result) => {
  const frozen = deepFreeze(structuredClone(document)) as never;
  expect(applyJsonPatch(frozen, deepFreeze(structuredClone(patch)) as readonly JsonPatchOperation[])).toEqual(result);
});

const fails: readonly (readonly [title: string, document: unknown, patch: readonly unknown[], code: string])[] = [
  ["a test of another value", { a: 1 }, [{ op: "test", path: "/a", value: "1" }], "TestFailed"],
  ["a test of a list against a map", { a: [] }, [{ op: "test", path: "/a", value: {} }], "TestFailed"],
  ["a remove of a missing key", { a: 1 }, [{ op: "remove", path: "/b" }], "DoesNotApply"],
  ["a replace below a missing map", { a: 1 }, [{ op: "replace", path: "/b/c", value: 1 }], "DoesNotApply"],
  ["an add below a scalar", { a: 1 }, [{ op: "add", path: "/a/c", value: 1 }], "DoesNotApply"],
  ["an add behind the end", { l: [1] }, [{ op: "add", path: "/l/2", value: 1 }], "DoesNotApply"],
  ["a negative index before the start", { l: [1] }, [{ op: "remove", path: "/l/-2" }], "DoesNotApply"],
  ["an index that is no number", { l: [1] }, [{ op: "add", path: "/l/x", value: 1 }], "DoesNotApply"],
  ["an add of the whole document", {}, [{ op: "add", path: "", value: {} }], "DoesNotApply"],
  ["a replace of the whole document by a scalar", {}, [{ op: "replace", path: "", value: 1 }], "DoesNotApply"],
  ["a move into itself", { a: { b: 1 } }, [{ op: "move", from: "/a", path: "/a/c" }], "DoesNotApply"],
  ["a path without a leading slash", { a: 1 }, [{ op: "remove", path: "a" }], "DoesNotApply"],
  ["a missing path", { a: 1 }, [{ op: "remove" }], "DoesNotApply"],
  ["an unknown operation", { a: 1 }, [{ op: "bogus", path: "/a" }], "UnknownOperation"],
  ["an operation that is null", { a: 1 }, [null], "UnknownOperation"],
];

test.each(fails)("%s does not apply", (_title, document, patch, code) => {
  let error: unknown;
  try {
    applyJsonPatch(document as never, patch as readonly JsonPatchOperation[]);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(JsonPatchError);
  expect(error).toMatchObject({ code, index: 0 });
});

test("the input stays as it was and unchanged parts are shared", () => {
  const document = deepFreeze({ kept: { deep: [1] }, changed: { x: 1 } });
  const result = applyJsonPatch(document, [
    { op: "add", path: "/changed/y", value: 2 },
    { op: "add", path: "/changed/z", value: 3 },
  ]) as typeof document;
  expect(document.changed).toEqual({ x: 1 });
  expect(result.kept).toBe(document.kept);
  expect(result.changed).toEqual({ x: 1, y: 2, z: 3 });
});

test("a copy and its source go separate ways afterwards", () => {
  const operations: readonly JsonPatchOperation[] = [
    { op: "add", path: "/a/l/-", value: 2 },
    { op: "copy", from: "/a", path: "/b" },
    { op: "add", path: "/b/l/-", value: 3 },
    { op: "add", path: "/a/l/-", value: 4 },
  ];
  expect(applyJsonPatch({ a: { l: [1] } }, operations)).toEqual({ a: { l: [1, 2, 4] }, b: { l: [1, 2, 3] } });
});

test("__proto__ is a key like any other", () => {
  const document = JSON.parse('{"__proto__":{"x":1}}') as never;
  const result = applyJsonPatch(document, [
    { op: "add", path: "/__proto__/polluted", value: true },
    { op: "copy", from: "/__proto__", path: "/a" },
  ]);
  expect(JSON.stringify(result)).toBe('{"__proto__":{"x":1,"polluted":true},"a":{"x":1,"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(() => applyJsonPatch({}, [{ op: "add", path: "/constructor/prototype/polluted", value: true }])).toThrow(JsonPatchError);
});

test("more operations than the limit are refused", () => {
  const operation = { op: "add", path: "/l/-", value: 1 } as const;
  const most = Array.from({ length: MAX_JSON_PATCH_OPERATIONS }, () => operation);
  expect((applyJsonPatch({ l: [] }, most) as { l: unknown[] }).l).toHaveLength(MAX_JSON_PATCH_OPERATIONS);
  expect(() => applyJsonPatch({ l: [] }, [...most, operation])).toThrow(
    "The allowed maximum operations in a JSON patch is 10000, got 10001",
  );
});

test("copies that double the document again and again are stopped", () => {
  const doubling = Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "", path: `/${index}` }) as const);
  const fromChild = Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "/a", path: `/a/${index}` }) as const);
  expect(() => applyJsonPatch({ a: { b: "x" } }, doubling)).toThrow("doc is missing path");
  expect(() => applyJsonPatch({ a: { b: "x" } }, fromChild)).toThrow("exceeding the limit");
});
