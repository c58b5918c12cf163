import { assert, jsonValue, property } from "fast-check";
import { expect, it } from "vitest";
import { duplicateKeys } from "./json-duplicates.ts";

it.each([
  ['{"a":1,"a":2}', ["a"]],
  ['{"spec":{"size":1,"size":2},"x":[{"n":1},{"n":1,"n":2}]}', ["spec.size", "x[1].n"]],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":"{\\"a\\":1,\\"a\\":2}","b":"\\\\","c":"b"}', []],
  ['[{"a":[{"b":{},"b":[]}]}]', ["[0].a[0].b"]],
  ['{"a\\u0062":1,"ab":2}', ["ab"]],
  ["[]", []],
])("%s has %j twice", (text, expected) => {
  expect(duplicateKeys(text)).toEqual(expected);
});

it("finds none in what JSON.stringify wrote", () => {
  assert(
    property(jsonValue(), (value) => {
      expect(duplicateKeys(JSON.stringify(value))).toEqual([]);
    }),
  );
});
