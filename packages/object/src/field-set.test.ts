import { expect, test } from "vitest";
import { FieldSet } from "./field-set.ts";
import type { FieldsV1 } from "./kubernetes-object.ts";
import { fieldElement, fieldPathString, indexElement, keyElement, parsePathElement, valueElement } from "./path-element.ts";

const f = fieldElement;
const set = (fields: FieldsV1) => FieldSet.fromFieldsV1(fields);

const PORTS: FieldsV1 = {
  "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
  "f:spec": {
    "f:ports": {
      'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {}, "f:name": {} },
      'k:{"containerPort":443,"protocol":"TCP"}': {},
    },
    "f:finalizers": { 'v:"a.b/c"': {} },
    "f:old": { "i:0": {}, "i:10": {} },
  },
};

test("reading and writing FieldsV1 are inverse", () => {
  expect(set(PORTS).toFieldsV1()).toEqual(PORTS);
});

test("writing sorts fields, keys, values and indices by their content", () => {
  const shuffled: FieldsV1 = {
    "i:10": {},
    "i:9": {},
    'v:"b"': {},
    "v:10": {},
    "v:9": {},
    "v:true": {},
    'k:{"port":443}': {},
    'k:{"port":80,"x":1}': {},
    'k:{"port":80}': {},
    "f:b": { "f:z": {}, ".": {}, "f:a": {} },
    "f:B": {},
    "f:\u{1F600}": {},
    "f:\uFFFD": {},
  };
  expect(JSON.stringify(set(shuffled).toFieldsV1())).toBe(
    JSON.stringify({
      "f:B": {},
      "f:b": { ".": {}, "f:a": {}, "f:z": {} },
      "f:\uFFFD": {},
      "f:\u{1F600}": {},
      'k:{"port":80}': {},
      'k:{"port":80,"x":1}': {},
      'k:{"port":443}': {},
      "v:9": {},
      "v:10": {},
      'v:"b"': {},
      "v:true": {},
      "i:9": {},
      "i:10": {},
    }),
  );
});

test("steps are canonical: key order and number form do not matter", () => {
  expect(parsePathElement('k:{"protocol":"TCP", "containerPort":80.0}')).toBe(keyElement({ containerPort: 80, protocol: "TCP" }));
  expect(parsePathElement("v:1.0")).toBe(valueElement(1));
  expect(parsePathElement("i:+007")).toBe(indexElement(7));
});

test("values with characters that matter in HTML are escaped as the API server does", () => {
  expect(valueElement("<a&b>")).toBe(String.raw`v:"\u003ca\u0026b\u003e"`);
  expect(parsePathElement('v:"<a&b>"')).toBe(valueElement("<a&b>"));
});

test("steps of an unknown kind are skipped; a field with nothing else below is a member", () => {
  expect(set({ "x:new": {}, "f:a": { "z:0": {} } }).toFieldsV1()).toEqual({ "f:a": {} });
});

test.each<[string, unknown]>([
  ["a step without a colon", { fa: {} }],
  ["a step of one letter", { f: {} }],
  ["a key that is no map", { "k:[1]": {} }],
  ["a value that is no JSON", { "v:x": {} }],
  ["an index that is no number", { "i:x": {} }],
  ["a level that is no map", { "f:a": 3 }],
])("%s is refused", (_title, fields) => {
  expect(() => set(fields as FieldsV1)).toThrow(SyntaxError);
});

test("hostile nesting is refused", () => {
  let fields: FieldsV1 = {};
  for (let depth = 0; depth < 5_000; depth++) fields = { "f:a": fields };
  expect(() => set(fields)).toThrow("nested deeper");
});

test("has knows members, not what is merely above or below them", () => {
  const owned = FieldSet.of([f("a"), f("b")], [f("a"), f("b"), f("c"), f("d")]);
  expect(owned.has([f("a"), f("b")])).toBe(true);
  expect(owned.has([f("a"), f("b"), f("c"), f("d")])).toBe(true);
  expect(owned.has([f("a")])).toBe(false);
  expect(owned.has([f("a"), f("b"), f("c")])).toBe(false);
  expect(owned.has([])).toBe(false);
  expect(owned.size).toBe(2);
});

const a = FieldSet.of([f("a")], [f("b"), f("c")], [f("d"), valueElement(1)]);
const b = FieldSet.of([f("a"), f("x")], [f("b"), f("c")], [f("b"), f("e")]);

test.each<[string, FieldSet, FieldsV1]>([
  ["union", a.union(b), { "f:a": { ".": {}, "f:x": {} }, "f:b": { "f:c": {}, "f:e": {} }, "f:d": { "v:1": {} } }],
  ["union with the empty set", a.union(FieldSet.empty), a.toFieldsV1()],
  ["intersection", a.intersection(b), { "f:b": { "f:c": {} } }],
  ["difference keeps what is above", a.difference(b), { "f:a": {}, "f:d": { "v:1": {} } }],
  ["difference keeps what is below", b.difference(a), { "f:a": { "f:x": {} }, "f:b": { "f:e": {} } }],
  ["recursive difference takes what is below", b.recursiveDifference(a), { "f:b": { "f:e": {} } }],
  ["leaves", FieldSet.of([f("a")], [f("a"), f("b")], [f("c")]).leaves(), { "f:a": { "f:b": {} }, "f:c": {} }],
])("%s", (_title, result, fields) => {
  expect(result.toFieldsV1()).toEqual(fields);
});

test("sets that become empty leave no empty levels behind", () => {
  expect(a.difference(a).isEmpty).toBe(true);
  expect(a.intersection(FieldSet.of([f("b"), f("z")])).isEmpty).toBe(true);
  expect(a.equals(b)).toBe(false);
  expect(a.equals(FieldSet.fromFieldsV1(a.toFieldsV1()))).toBe(true);
});

test("paths come a level at a time, and read like the messages of the API server", () => {
  const paths = FieldSet.of(
    [f("spec"), f("containers"), keyElement({ name: "app" }), f("image")],
    [f("spec"), f("containers"), keyElement({ name: "app" })],
    [f("spec"), f("replicas")],
    [f("metadata"), f("finalizers"), valueElement("x/y")],
    [f("spec"), f("list"), indexElement(3)],
  ).paths();
  expect([...paths].map(fieldPathString)).toEqual([
    '.metadata.finalizers[="x/y"]',
    ".spec.replicas",
    '.spec.containers[name="app"]',
    '.spec.containers[name="app"].image',
    ".spec.list[3]",
  ]);
});
