import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { properties, schema, specs } from "../test/cases.ts";
import { withDefaults } from "./defaults.ts";
import type { FieldError } from "./field-error.ts";
import { prune } from "./prune.ts";
import { compiled } from "./pattern.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { validate } from "./validate.ts";

interface Recorded {
  readonly objects: readonly { readonly spec: unknown; readonly causes?: readonly FieldError[]; readonly stored?: unknown }[];
}

const recorded = JSON.parse(readFileSync(new URL("../test/recorded.json", import.meta.url), "utf8")) as Recorded;

/** The server reports the properties of an object in no order. */
const sorted = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort();

describe("against what a kube-apiserver answered", () => {
  it("has an answer for every case", () => {
    expect(recorded.objects.map(({ spec }) => spec)).toEqual(specs);
  });

  it.each(recorded.objects.map((one) => [JSON.stringify(one.spec), one] as const))(
    "treats %s the same",
    (_, { spec, causes = [], stored }) => {
      const object = withDefaults(
        schema,
        prune(schema, { apiVersion: "a/v1", kind: "case", metadata: {}, spec }, { isResourceRoot: true }).value,
      );
      expect(sorted(validate(schema, object))).toEqual(sorted(causes));
      const kept = causes.length === 0 ? (object.spec ?? null) : undefined;
      expect(kept).toEqual(stored);
    },
  );
});

describe("validate", () => {
  it("starts its paths where it is told to", () => {
    const [error] = validate({ type: "object", required: ["size"] }, {}, { path: "spec" });
    expect(error).toEqual({ reason: "FieldValueRequired", field: "spec.size", message: "Required value" });
  });

  it("blames no field for what is wrong with the whole", () => {
    expect(validate({ type: "object" }, 5)[0]?.field).toBe("<nil>");
  });

  it("follows a schema that contains itself, as deep as the value goes", () => {
    const tree: StructuralSchema = {
      type: "object",
      properties: {
        size: { type: "integer" },
        get child() {
          return tree;
        },
      },
    };
    expect(validate(tree, { child: { child: { size: 1 } } })).toEqual([]);
    expect(validate(tree, { child: { child: { size: "1" } } })[0]?.field).toBe("child.child.size");
    expect(prune(tree, { child: { child: { sise: 1 } } }).pruned).toEqual(["child.child.sise"]);
    expect(withDefaults(tree, { child: { child: null } })).toEqual({ child: {} });
  });

  it("is not taken in by names that every JavaScript object has", () => {
    const strict: StructuralSchema = { type: "object", properties: {}, additionalProperties: { type: "string" }, required: ["toString"] };
    expect(validate(strict, { constructor: 1 }).map(({ field }) => field)).toEqual(["constructor", "toString"]);
    expect(prune({ type: "object", properties: {} }, { constructor: 1 }).pruned).toEqual(["constructor"]);
  });

  it("reports items that are not unique where a schema of a built-in kind asks for it", () => {
    const unique: StructuralSchema = { type: "array", uniqueItems: true, items: { type: "string" } };
    expect(validate(unique, ["a", "b"], { path: "x" })).toEqual([]);
    expect(validate(unique, ["a", "a"], { path: "x" })[0]?.message).toBe('Invalid value: "": x in body shouldn\'t contain duplicates');
  });

  it("takes an undefined property for a missing one", () => {
    const one: StructuralSchema = { type: "object", required: ["a"], properties: { a: { type: "string" } } };
    expect(validate(one, { a: undefined })[0]?.reason).toBe("FieldValueRequired");
  });

  it("does not hang on a pattern made to hang", () => {
    const evil: StructuralSchema = { type: "string", pattern: "^(a+)+$" };
    const started = performance.now();
    expect(validate(evil, `${"a".repeat(2000)}!`)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("takes time linear in the number of errors", () => {
    const started = performance.now();
    const list = Array.from({ length: 20_000 }, (_, i) => i);
    expect(validate({ type: "array", items: { type: "string" } }, list, { path: "x" })).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("matches nothing with a pattern that is none", () => {
    expect(compiled("(")).toBeUndefined();
    expect(validate({ type: "string", pattern: "(" }, "x")).toHaveLength(1);
  });
});

/** JSON that fits the names in the schema often enough to be interesting. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, 1, 5.5, "a", "aa", "x"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "k", "p", "deep", "list", "x", "known", "apiVersion", "other"), tie("value"), { maxKeys: 4 }),
  ),
})).value;
const specOf = fc.dictionary(fc.constantFrom(...Object.keys(properties), "unknown"), json, { maxKeys: 4 });

describe("for any value", () => {
  it("pruning twice is pruning once, and says nothing the second time", () => {
    fc.assert(
      fc.property(specOf, (spec) => {
        const once = prune(schema, { spec });
        expect(prune(schema, once.value)).toEqual({ value: once.value, pruned: [] });
      }),
    );
  });

  it("defaulting twice is defaulting once", () => {
    fc.assert(
      fc.property(specOf, (spec) => {
        const once = withDefaults(schema, { spec });
        expect(withDefaults(schema, once)).toBe(once);
      }),
    );
  });

  it("neither changes the value, and both share what stays", () => {
    fc.assert(
      fc.property(specOf, (spec) => {
        const before = JSON.stringify(spec);
        const value = { spec, metadata: { name: "a" } };
        expect(withDefaults(schema, value).metadata).toBe(value.metadata);
        expect(prune(schema, value, { isResourceRoot: true }).value.metadata).toBe(value.metadata);
        validate(schema, value);
        expect(JSON.stringify(spec)).toBe(before);
      }),
    );
  });
});

describe("validate of an update", () => {
  const item: StructuralSchema = { type: "object", properties: { k: { type: "string" }, v: { type: "integer", minimum: 5 } } };
  const schema: StructuralSchema = {
    type: "object",
    required: ["needed"],
    properties: {
      a: { type: "integer", minimum: 5 },
      atomic: { type: "array", items: { type: "string", maxLength: 0 } },
      set: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
      map: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], items: item },
    },
  };
  const before = { needed: 1, a: 1, atomic: ["x"], set: ["s", "s"], map: [{ k: "p", v: 1 }] };

  it.each<[title: string, change: object, fields: readonly string[]]>([
    ["nothing wrong that was so before", { other: 1 }, []],
    ["a wrong value that is another one", { a: 2 }, ["a"]],
    ["every item of a list without keys", { atomic: ["x", "y"] }, ["atomic[0]", "atomic[1]"]],
    [
      "no item that its keys find unchanged",
      {
        map: [
          { k: "new", v: 9 },
          { k: "p", v: 1 },
        ],
      },
      [],
    ],
    ["items that are new", { map: [{ k: "new", v: 2 }] }, ["map[0].v"]],
    ["no twins in a list that had some", { set: ["s", "s", "t"] }, []],
    ["what goes missing", { needed: undefined }, ["needed"]],
  ])("tells %s", (_title, change, fields) => {
    expect(validate(schema, { ...before, ...change }, { before }).map(({ field }) => field)).toEqual(fields);
  });
});
