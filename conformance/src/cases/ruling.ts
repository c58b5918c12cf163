import assert from "node:assert/strict";
import { assertCode, assertStatus, CRDS, type ApiCase, type CaseContext, type CustomKind } from "../api-case.ts";
import type { JsonBody, RawResponse } from "../raw-http.ts";
import { REFUSED_RULES, TRUE_RULES } from "./rule-expressions.ts";

const integer = { type: "integer" };
const text = { type: "string", maxLength: 40 };

interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly reason?: string;
  readonly optionalOldSelf?: boolean;
}

/** An object of these properties and rules; a rule may be only its text. */
function ruled(properties: JsonBody, ...rules: readonly (string | Rule)[]): JsonBody {
  const all = rules.map((rule) => (typeof rule === "string" ? { rule } : rule));
  return { type: "object", properties, "x-kubernetes-validations": all };
}

function that(rule: string, more: JsonBody = {}): JsonBody {
  return { "x-kubernetes-validations": [{ rule, ...more }] };
}

function kindOf(api: CaseContext, spec: JsonBody, root: JsonBody = {}): Promise<CustomKind> {
  const status = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return api.customKind({ schema: { type: "object", properties: { spec, status }, ...root }, version: { subresources: { status: {} } } });
}

function make(api: CaseContext, kind: CustomKind, spec: JsonBody, name: string = "one"): Promise<RawResponse> {
  return api.post(kind.path("default"), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, spec });
}

/** The causes of a refusal as lines, in no order: the server's is that of a Go map. */
function causes(answer: RawResponse): string[] {
  const { details } = assertStatus(answer, 422, { reason: "Invalid" });
  return details.causes.map(({ reason, field, message }: JsonBody) => `${reason} ${field}: ${message}`).toSorted();
}

/** Creates one object under one schema. */
async function causesOf(api: CaseContext, schema: JsonBody, spec: JsonBody, root: JsonBody = {}): Promise<string[]> {
  return causes(await make(api, await kindOf(api, schema, root), spec));
}

async function crdCauses(
  api: CaseContext,
  spec: JsonBody,
  root: JsonBody = {},
): Promise<{ field: string; reason: string; message: string }[]> {
  const crd = api.crd({ schema: { type: "object", properties: { spec }, ...root } });
  return assertStatus(await api.post(`${CRDS}?dryRun=All`, crd), 422).details.causes;
}

const RULE = "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0]";

/** The object that the recorded rules are about. */
const SAMPLE_SCHEMA = {
  a: integer,
  s: text,
  t: text,
  n: { type: "number" },
  l: { type: "array", maxItems: 6, items: integer },
  ls: { type: "array", maxItems: 6, items: text },
  m: { type: "object", maxProperties: 5, additionalProperties: integer },
  o: { type: "object", properties: { x: integer, y: text } },
  ol: { type: "array", maxItems: 5, items: { type: "object", properties: { x: integer, y: text } } },
  p: { "x-kubernetes-int-or-string": true },
  d: { ...text, format: "duration" },
  w: { ...text, format: "date-time" },
};
const SAMPLE = {
  a: 5,
  s: "hello",
  t: "10Gi",
  n: 2.5,
  l: [3, 1, 2],
  ls: ["b", "a"],
  m: { k: 1, j: 2 },
  o: { x: 1, y: "y" },
  ol: [{ x: 1, y: "q" }, { x: 2 }],
  p: "50%",
  d: "90s",
  w: "2024-02-29T10:20:30.5Z",
};
/** The real server limits what the rules of one schema may cost together. */
const RULES_AT_ONCE = 12;

export const rulingCases: readonly ApiCase[] = [
  {
    name: "a rule that fails refuses the object, with its message, reason and field",
    async run(api) {
      const schema = ruled(
        { a: integer, m: { type: "object", additionalProperties: text } },
        "self.a > 1",
        { rule: "self.a > 2", message: " too small " },
        { rule: "self.a > 3", messageExpression: "self.a == 1 ? 'one' : 'other'" },
        { rule: "self.a > 4", message: "m", messageExpression: "self.m['z']" },
        { rule: "self.a > 5", messageExpression: "'got\\n'" },
        { rule: "self.a > 6", messageExpression: "' '" },
        { rule: "self.a > 7", fieldPath: ".a", reason: "FieldValueForbidden" },
        { rule: "self.a > 8", fieldPath: ".m['x/y']", reason: "FieldValueRequired" },
        { rule: "self.a > 9", reason: "FieldValueDuplicate" },
      );
      assert.deepEqual(await causesOf(api, schema, { a: 1, m: {} }), [
        "FieldValueDuplicate spec: Duplicate value",
        "FieldValueForbidden spec.a: Forbidden: failed rule: self.a > 7",
        "FieldValueInvalid spec: Invalid value: failed rule: self.a > 1",
        "FieldValueInvalid spec: Invalid value: failed rule: self.a > 6",
        "FieldValueInvalid spec: Invalid value: got",
        "FieldValueInvalid spec: Invalid value: m",
        "FieldValueInvalid spec: Invalid value: one",
        "FieldValueInvalid spec: Invalid value: too small",
        "FieldValueRequired spec.m[x/y]: Required value: failed rule: self.a > 8",
      ]);
    },
  },
  {
    name: "rules of fields, items and values name where they failed, and show what is no object",
    async run(api) {
      const schema = ruled(
        {
          s: { ...text, ...that("self.startsWith('a')") },
          n: { type: "number", ...that("self > 5.0") },
          b: { type: "boolean", ...that("self") },
          p: { "x-kubernetes-int-or-string": true, ...that("false") },
          o: ruled({ x: integer }, "false"),
          l: { type: "array", maxItems: 5, items: { ...text, ...that("self == 'a'") }, ...that("self.size() > 5") },
          m: { type: "object", maxProperties: 3, additionalProperties: { ...text, ...that("self == 'a'") } },
        },
        "self.s == 'never'",
      );
      const spec = { s: "x", n: 1.5, b: false, p: "x", o: {}, l: ["x", "a", "y"], m: { "a.b": "x" } };
      const failed = (field: string, value: string, rule: string): string =>
        `FieldValueInvalid ${field}: Invalid value: ${value}failed rule: ${rule}`;
      assert.deepEqual(
        await causesOf(api, schema, spec, that("self.metadata.name == 'two'")),
        [
          failed("<nil>", "", "self.metadata.name == 'two'"),
          failed("spec", "", "self.s == 'never'"),
          failed("spec.s", '"x": ', "self.startsWith('a')"),
          failed("spec.n", "1.5: ", "self > 5.0"),
          failed("spec.b", "false: ", "self"),
          failed("spec.p", '"x": ', "false"),
          failed("spec.o", "", "false"),
          failed("spec.l", "", "self.size() > 5"),
          failed("spec.l[0]", '"x": ', "self == 'a'"),
          failed("spec.l[2]", '"y": ', "self == 'a'"),
          failed("spec.m[a.b]", '"x": ', "self == 'a'"),
        ].toSorted(),
      );
    },
  },
  {
    name: "a rule that cannot be evaluated refuses the object and says why",
    async run(api) {
      const properties = { a: integer, b: integer, s: text, l: { type: "array", items: text }, p: { "x-kubernetes-int-or-string": true } };
      const why: Readonly<Record<string, string>> = {
        "self.b > 1": "no such key: b",
        "self.l[3] == ''": "index out of bounds: 3",
        "1 / self.a == 1": "division by zero",
        "1 % self.a == 1": "modulus by zero",
        "self.a - 1 - 9223372036854775807 - 5 < 1": "integer overflow",
        "int(self.s) > 1": "type conversion error from 'string' to 'int'",
        "duration(self.s) > duration('1s')": "type conversion error from 'string' to 'google.protobuf.Duration'",
        "timestamp(self.s) > timestamp('2020-01-01T00:00:00Z')": "type conversion error from 'string' to 'google.protobuf.Timestamp'",
        "quantity(self.s).isInteger()": "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        "url(self.s).getHost() == ''": 'URL parse error during conversion from string: parse "x": invalid URI for request',
        "ip(self.s).family() == 4": 'IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP',
      };
      const overload = "call arguments did not match a supported operator, function or macro signature for rule: self.p > 5";
      assert.deepEqual(
        await causesOf(api, ruled(properties, "self.p > 5", ...Object.keys(why)), { a: 0, s: "x", l: ["a"], p: "x" }),
        [
          `FieldValueInvalid spec: Invalid value: "object": 'no such overload': ${overload}`,
          ...Object.entries(why).map(
            ([rule, because]) => `FieldValueInvalid spec: Invalid value: "object": ${because} evaluating rule: ${rule}`,
          ),
        ].toSorted(),
      );
    },
  },
  {
    name: "rules are not evaluated for an object of wrong types, and for any other mistake they are",
    async run(api) {
      const kind = await kindOf(api, ruled({ a: integer, b: { ...integer, maximum: 3 } }, "self.a > 1"));
      assert.deepEqual(causes(await make(api, kind, { a: 1, b: 5 })), [
        "FieldValueInvalid spec.b: Invalid value: 5: spec.b in body should be less than or equal to 3",
        "FieldValueInvalid spec: Invalid value: failed rule: self.a > 1",
      ]);
      assert.deepEqual(causes(await make(api, kind, { a: "x" })), [
        "FieldValueInvalid <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
        'FieldValueTypeInvalid spec.a: Invalid value: "string": spec.a in body must be of type integer: "string"',
      ]);
    },
  },
  {
    name: "what rules see: escaped names, formats, sets without order, and no nulls",
    async run(api) {
      const properties = {
        "a-b": integer,
        "a.b": integer,
        namespace: integer,
        a__b: integer,
        "a/b": integer,
        set: { type: "array", maxItems: 5, "x-kubernetes-list-type": "set", items: text },
        bytes: { ...text, format: "byte" },
        none: { ...text, nullable: true, ...that("self == 'a'") },
      };
      const schema = ruled(
        properties,
        "self.a__dash__b == 1 && self.a__dot__b == 2 && self.__namespace__ == 3 && self.a__underscores__b == 4 && self.a__slash__b == 5",
        "self.set == ['b', 'a'] && self.set != ['a']",
        "self.bytes == b'abc'",
        "!has(self.none)",
      );
      const spec = { "a-b": 1, "a.b": 2, namespace: 3, a__b: 4, "a/b": 5, set: ["a", "b"], bytes: "YWJj", none: null };
      assertCode(await make(api, await kindOf(api, schema), spec), 201);
    },
  },
  {
    name: "a rule with oldSelf holds for changes, and for new values when it says so",
    async run(api) {
      const item = { type: "object", required: ["k"], properties: { k: text, v: { ...integer, ...that("self >= oldSelf") } } };
      const list = { type: "array", maxItems: 9, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], items: item };
      const first = that("oldSelf.hasValue() || self == 'new'", { optionalOldSelf: true });
      const kind = await kindOf(api, ruled({ a: integer, t: { ...text, ...first }, l: list }, "self.a >= oldSelf.a"));
      const patch = (spec: JsonBody): Promise<RawResponse> => api.patch("merge", kind.path("default", "one"), { spec });
      assert.deepEqual(causes(await make(api, kind, { a: 1, t: "old" })), [
        `FieldValueInvalid spec.t: Invalid value: "old": failed rule: oldSelf.hasValue() || self == 'new'`,
      ]);
      assertCode(
        await make(api, kind, {
          a: 1,
          t: "new",
          l: [
            { k: "p", v: 1 },
            { k: "q", v: 2 },
          ],
        }),
        201,
      );
      assert.deepEqual(causes(await patch({ a: 0 })), ["FieldValueInvalid spec: Invalid value: failed rule: self.a >= oldSelf.a"]);
      assertCode(await patch({ a: 2, t: "whatever" }), 200);
      assert.deepEqual(
        causes(
          await patch({
            l: [
              { k: "q", v: 1 },
              { k: "p", v: 1 },
            ],
          }),
        ),
        ["FieldValueInvalid spec.l[0].v: Invalid value: 1: failed rule: self >= oldSelf"],
      );
      assertCode(await patch({ l: [{ k: "z", v: 0 }] }), 200);
    },
  },
  {
    name: "what is wrong with a part that an update leaves alone is let through; rules warn of it",
    async run(api) {
      const item = (v: JsonBody): JsonBody => ({ type: "object", required: ["k"], properties: { k: text, v: { ...integer, ...v } } });
      const spec = (a: JsonBody, at: JsonBody, set: string, v: JsonBody, ...rules: Rule[]): JsonBody => ({
        ...ruled(
          {
            a: { ...integer, ...a },
            t: text,
            at: { type: "array", maxItems: 4, items: { ...text, ...at } },
            set: { type: "array", "x-kubernetes-list-type": set, items: text },
            l: { type: "array", maxItems: 9, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], items: item(v) },
          },
          ...rules,
        ),
      });
      const kind = await kindOf(api, spec({}, {}, "atomic", {}));
      const object = {
        a: 1,
        t: "t",
        at: ["x", "y"],
        set: ["a", "a"],
        l: [
          { k: "p", v: 1 },
          { k: "q", v: 2 },
        ],
      };
      assertCode(await make(api, kind, object), 201);
      const crd = assertCode(await api.get(`${CRDS}/${kind.crdName}`), 200);
      const tighten = async (schema: JsonBody): Promise<void> => {
        const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
        assertCode(await api.patch("json", `${CRDS}/${crd.metadata.name}`, [{ op: "replace", path, value: schema }]), 200);
      };
      const patch = (body: JsonBody, at: string = ""): Promise<RawResponse> =>
        api.patch("merge", kind.path("default", "one") + at, body, { headers: { "content-type": "application/merge-patch+json" } });
      await tighten(spec({ minimum: 5 }, { pattern: "^z" }, "set", { minimum: 5 }));
      await api.eventually(async () => void assertStatus(await make(api, kind, object, "two"), 422));
      assertCode(await patch({ spec: { t: "u" } }), 200);
      assert.deepEqual(causes(await patch({ spec: { a: 2 } })), [
        "FieldValueInvalid spec.a: Invalid value: 2: spec.a in body should be greater than or equal to 5",
      ]);
      assertCode(await patch({ spec: { l: [...object.l, { k: "r", v: 9 }] } }), 200);
      assert.deepEqual(
        causes(
          await patch({
            spec: {
              l: [
                { k: "p", v: 1 },
                { k: "q", v: 3 },
              ],
            },
          }),
        ),
        ["FieldValueInvalid spec.l[1].v: Invalid value: 3: spec.l[1].v in body should be greater than or equal to 5"],
      );
      assert.deepEqual(causes(await patch({ spec: { at: ["x", "za"] } })), [
        `FieldValueInvalid spec.at[0]: Invalid value: "x": spec.at[0] in body should match '^z'`,
      ]);
      assertCode(await patch({ spec: { set: ["a", "a", "b"] } }), 200);
      assertCode(await patch({ status: { ready: 1 } }, "/status"), 200);
      await tighten(spec(that("self > 3"), {}, "atomic", {}, { rule: "self.t == 'q'", message: "t is q" }));
      await api.eventually(async () => void assertStatus(await make(api, kind, { t: "x" }, "two"), 422));
      const warned = ['299 - "spec: Invalid value: t is q"', '299 - "spec.a: Invalid value: 1: failed rule: self > 3"'].toSorted();
      const labelled = await patch({ metadata: { labels: { a: "b" } } });
      assertCode(labelled, 200);
      assert.deepEqual(String(labelled.headers["warning"]).split(", ").toSorted(), warned);
      assertCode(await patch({ status: { ready: 2 } }, "/status"), 200);
      const changed = await patch({ spec: { t: "v" } });
      assert.deepEqual(causes(changed), ["FieldValueInvalid spec: Invalid value: t is q"]);
      assert.equal(changed.headers["warning"], '299 - "spec.a: Invalid value: 1: failed rule: self > 3"');
    },
  },
  ...Array.from({ length: Math.ceil(TRUE_RULES.length / RULES_AT_ONCE) }, (_, index): ApiCase => {
    const rules = TRUE_RULES.slice(index * RULES_AT_ONCE, (index + 1) * RULES_AT_ONCE);
    return {
      name: `what rules may call is there and does the same, part ${index + 1}`,
      async run(api) {
        assertCode(await make(api, await kindOf(api, ruled(SAMPLE_SCHEMA, ...rules)), SAMPLE), 201);
      },
    };
  }),
  {
    name: "a CRD is refused for rules that do not compile",
    async run(api) {
      for (const rule of REFUSED_RULES) {
        const [cause] = await crdCauses(api, ruled(SAMPLE_SCHEMA, rule));
        assert.deepEqual([cause?.reason, cause?.field], ["FieldValueInvalid", `${RULE}.rule`], rule);
        assert.match(cause?.message ?? "", /: compilation failed: ERROR: <input>:/, rule);
      }
      const [undeclared] = await crdCauses(api, ruled({ a: integer }, "self.metadata.labels == 'x'"), that("self.metadata.labels == 'x'"));
      assert.ok(undeclared?.message.includes("compilation failed"));
    },
  },
  {
    name: "a CRD is refused for rules that say too little, or what cannot be",
    async run(api) {
      const a = { a: integer };
      const table: readonly (readonly [rule: Rule, field: string, reason: string, message: string])[] = [
        [{ rule: " " }, "rule", "Required", "Required value: rule is not specified"],
        [{ rule: "true", message: "a\nb" }, "message", "Invalid", 'Invalid value: "a\\nb": must not contain line breaks'],
        [{ rule: "true", message: " " }, "message", "Invalid", 'Invalid value: " ": must be non-empty if specified'],
        [{ rule: "true ||\n false" }, "message", "Required", "Required value: message must be specified if rule contains line breaks"],
        [
          { rule: "true", messageExpression: " " },
          "messageExpression",
          "Required",
          "Required value: messageExpression must be non-empty if specified",
        ],
        [
          { rule: "true", reason: "Nope" },
          "reason",
          "NotSupported",
          'Unsupported value: "Nope": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
        ],
        [{ rule: "true", fieldPath: ".zz" }, "fieldPath", "Invalid", 'Invalid value: ".zz": must be a valid path'],
        [{ rule: "true", fieldPath: "a" }, "fieldPath", "Invalid", 'Invalid value: "a": must be a valid path'],
        [
          { rule: "self.a > 1", optionalOldSelf: true },
          "optionalOldSelf",
          "Invalid",
          "Invalid value: true: may not be set if oldSelf is not used in rule",
        ],
        [
          { rule: "self.a" },
          "rule",
          "Invalid",
          'Invalid value: {"Rule":"self.a","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool',
        ],
        [
          { rule: "true", messageExpression: "self.a" },
          "messageExpression",
          "Invalid",
          'Invalid value: {"Rule":"true","Message":"","MessageExpression":"self.a","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string',
        ],
      ];
      for (const [rule, field, reason, message] of table) {
        assert.deepEqual(await crdCauses(api, ruled(a, rule)), [{ reason: `FieldValue${reason}`, message, field: `${RULE}.${field}` }]);
      }
      const list = { a: { type: "array", maxItems: 5, items: { ...text, ...that("self == oldSelf") } } };
      const at = "spec.validation.openAPIV3Schema.properties[spec].properties[a]";
      const [severed] = await crdCauses(api, ruled(list));
      assert.equal(severed?.field, `${at}.items.x-kubernetes-validations[0].rule`);
      assert.ok(
        severed?.message.endsWith(`oldSelf cannot be used on the uncorrelatable portion of the schema within ${at}`),
        severed?.message,
      );
      assert.deepEqual(await crdCauses(api, ruled({ a: { ...integer, default: 0, ...that("self > 1") } })), [
        { reason: "FieldValueInvalid", message: "Invalid value: 0: failed rule: self > 1", field: `${at}.default` },
      ]);
    },
  },
];
