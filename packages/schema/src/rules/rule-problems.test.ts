import { expect, it } from "vitest";
import type { StructuralSchema, ValidationRule } from "../structural-schema.ts";
import { ruleProblems } from "./rule-problems.ts";

const schemaWith = (rule: ValidationRule): StructuralSchema => ({
  type: "object",
  properties: { spec: { type: "object", properties: { a: { type: "integer" } }, "x-kubernetes-validations": [rule] } },
});

it.each<[rule: ValidationRule]>([
  [{ rule: "self.a > 1" }],
  [{ rule: "self.a >= oldSelf.a", message: "must grow", fieldPath: ".a", reason: "FieldValueForbidden" }],
  [{ rule: "oldSelf.hasValue()", optionalOldSelf: true }],
  [{ rule: "[1, 2].transformList(i, v, i + v).slice(0, 1).sum() == 1", messageExpression: "'%d of %s'.format([self.a, 'x'])" }],
])("the rule %j is fine", (rule) => {
  expect(ruleProblems(schemaWith(rule))).toEqual([]);
});

it.each<[rule: ValidationRule, field: string, why: string]>([
  [{ rule: "self.b" }, "rule", "compilation failed: ERROR: <input>: No such key: b"],
  [{ rule: "self.a >" }, "rule", "compilation failed"],
  [{ rule: "has(self.b)" }, "rule", "compilation failed"],
  [{ rule: "cel.bind(x, 1, x == 1)" }, "rule", "undeclared reference to 'bind'"],
  [{ rule: "self.a + 1" }, "rule", "cel expression must evaluate to a bool"],
  [{ rule: "" }, "rule", "rule is not specified"],
  [{ rule: "true", messageExpression: "1" }, "messageExpression", "must evaluate to a string"],
  [{ rule: "true", fieldPath: ".b" }, "fieldPath", "must be a valid path"],
])("the rule %j is refused at its %s", (rule, field, why) => {
  expect(ruleProblems(schemaWith(rule), { path: "schema" })).toEqual([
    expect.objectContaining({
      field: `schema.properties[spec].x-kubernetes-validations[0].${field}`,
      message: expect.stringContaining(why),
    }),
  ]);
});

it("a default must pass the rules it falls under", () => {
  const schema: StructuralSchema = {
    type: "object",
    properties: { a: { type: "integer", default: 0, "x-kubernetes-validations": [{ rule: "self > 1" }] } },
  };
  expect(ruleProblems(schema)).toEqual([
    { reason: "FieldValueInvalid", field: "openAPIV3Schema.properties[a].default", message: "Invalid value: 0: failed rule: self > 1" },
  ]);
});
