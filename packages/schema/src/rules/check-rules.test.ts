import { expect, it } from "vitest";
import type { StructuralSchema, ValidationRule } from "../structural-schema.ts";
import { checkRules } from "./check-rules.ts";

const text: StructuralSchema = { type: "string" };
const integer: StructuralSchema = { type: "integer" };

function ruled(properties: Readonly<Record<string, StructuralSchema>>, ...rules: readonly (string | ValidationRule)[]): StructuralSchema {
  const all = rules.map((rule) => (typeof rule === "string" ? { rule } : rule));
  return { type: "object", properties, "x-kubernetes-validations": all };
}

function said(schema: StructuralSchema, value: unknown, before?: unknown): readonly string[] {
  return checkRules(schema, value, { path: "spec", before }).errors.map(({ field, message }) => `${field}: ${message}`);
}

it("a schema without rules says nothing", () => {
  expect(checkRules({ type: "object" }, { a: 1 })).toEqual({ errors: [], warnings: [] });
});

it.each<[rule: string | ValidationRule, value: object, error: string | undefined]>([
  ["self.a > 1", { a: 2 }, undefined],
  ["self.a > 1", { a: 1 }, "spec: Invalid value: failed rule: self.a > 1"],
  [{ rule: "self.a > 1", message: "small" }, { a: 1 }, "spec: Invalid value: small"],
  [{ rule: "self.a > 1", messageExpression: "'got ' + string(self.a)" }, { a: 1 }, "spec: Invalid value: got 1"],
  [{ rule: "self.a > 1", fieldPath: ".a", reason: "FieldValueRequired" }, { a: 1 }, "spec.a: Required value: failed rule: self.a > 1"],
  ["self.a > 1", {}, 'spec: Invalid value: "object": no such key: a evaluating rule: self.a > 1'],
  ["!has(self.a) || self.a > 1", {}, undefined],
  ["has(self.s) && self.s.matches('^(?i)A\\\\pL+$')", { s: "aé" }, undefined],
  ["self.s == null || true", { s: null }, 'spec: Invalid value: "object": rule compile error: no such overload: string == null'],
])("the rule %j of %j", (rule, value, error) => {
  const schema = ruled({ a: integer, s: { ...text, nullable: true } }, rule);
  expect(said(schema, value)).toEqual(error === undefined ? [] : [error]);
});

it("oldSelf is the value with the same place or keys before, and without one its rules are silent", () => {
  const grows = { "x-kubernetes-validations": [{ rule: "self >= oldSelf" }] };
  const items: StructuralSchema = { type: "object", properties: { k: text, v: { ...integer, ...grows } } };
  const schema: StructuralSchema = {
    type: "object",
    properties: {
      a: { ...integer, ...grows },
      l: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], items },
    },
  };
  expect(said(schema, { a: 1 })).toEqual([]);
  expect(said(schema, { a: 1 }, { a: 2 })).toEqual(["spec.a: Invalid value: 1: failed rule: self >= oldSelf"]);
  const before = {
    l: [
      { k: "p", v: 1 },
      { k: "q", v: 5 },
    ],
  };
  expect(
    said(
      schema,
      {
        l: [
          { k: "q", v: 2 },
          { k: "new", v: 0 },
        ],
      },
      before,
    ),
  ).toEqual(["spec.l[0].v: Invalid value: 2: failed rule: self >= oldSelf"]);
});

it("what stayed as it was only warns", () => {
  const schema = ruled({ a: { ...integer, "x-kubernetes-validations": [{ rule: "self > 3" }] }, b: integer }, "self.b > 0");
  const { errors, warnings } = checkRules(schema, { a: 1, b: 2 }, { before: { a: 1, b: 1 } });
  expect([errors, warnings.map(({ field }) => field)]).toEqual([[], ["a"]]);
});

it("a rule sees the metadata that every object has, and no more of it", () => {
  const schema: StructuralSchema = { type: "object", "x-kubernetes-validations": [{ rule: "self.metadata.name.size() < 4" }] };
  const object = { apiVersion: "v1", kind: "X", metadata: { name: "long", labels: {} } };
  expect(checkRules(schema, object, { isResource: true }).errors).toMatchObject([{ field: "<nil>" }]);
});
