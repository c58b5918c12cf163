import * as fc from "fast-check";
import { Type, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { expect, it } from "vitest";
import { structuralSchemaOf } from "./crd-for.ts";
import { withDefaults } from "./defaults.ts";
import { prune } from "./prune.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { structuralSchemaProblems } from "./structural-problems.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";
import { validate } from "./validate.ts";

const NAMES = ["a", "b", "c"] as const;
const key = fc.constantFrom(...NAMES);

const leaf = fc.constantFrom<TSchema>(
  Type.String({ minLength: 2 }),
  Type.String({ pattern: "^[ab]+$" }),
  Type.Integer({ minimum: 1 }),
  Type.Number({ exclusiveMaximum: 5 }),
  Type.Boolean(),
  Type.Literal("a"),
  Type.Literal(1),
  Type.Enum(["a", "b"]),
  Type.Null(),
  Type.Any(),
  Type.Array(Type.String(), { uniqueItems: true }),
);

function propertyOf([name, schema, optional]: readonly [string, TSchema, boolean]): readonly [string, TSchema] {
  return [name, optional ? Type.Optional(schema) : schema];
}

/** Schemas of schemas, down to a depth. */
function schemas(depth: number): fc.Arbitrary<TSchema> {
  if (depth === 0) return leaf;
  const inner = schemas(depth - 1);
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  const property = fc.tuple(key, inner, fc.boolean());
  return fc.oneof(
    leaf,
    fc.array(property, { maxLength: 3 }).map((list): TSchema => Type.Object(Object.fromEntries(list.map(propertyOf)))),
    inner.map((schema): TSchema => Type.Array(schema, { maxItems: 2 })),
    inner.map((schema): TSchema => Type.Record(Type.String(), schema)),
    some.map((list): TSchema => Type.Union(list)),
    some.map((list): TSchema => Type.Intersect(list)),
  );
}

interface Values {
  readonly value: unknown;
}

const { value: anyValue } = fc.letrec<Values>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>("a", "b", "ab", "x", "", 0, 1, 2, 5.5, 7, true, null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  ),
}));

function structural(schema: TSchema): StructuralSchema | undefined {
  try {
    return structuralSchemaOf(schema, "x");
  } catch (error) {
    if (error instanceof UnsupportedSchemaError) return undefined;
    throw error;
  }
}

it("lets the values through that the author's schema lets through, and no others, or refuses the schema", () => {
  fc.assert(
    fc.property(schemas(3), fc.array(anyValue, { minLength: 10, maxLength: 20 }), (inner, values) => {
      const author = Type.Object({ x: Type.Optional(inner) });
      const schema = structural(author);
      fc.pre(schema !== undefined);
      expect(structuralSchemaProblems(schema)).toEqual([]);
      // In a union of objects, the type of a property is said once for all members: that is stricter than JSON Schema.
      const hasUnion = JSON.stringify(inner).includes("anyOf");
      for (const value of values) {
        const kept = withDefaults(schema, prune(schema, { x: value }).value);
        const errors = validate(schema, kept);
        const isValid = errors.length === 0;
        const wanted = Value.Check(author, { x: value });
        expect({ value, isValid: hasUnion || isValid }).toEqual({ value, isValid: hasUnion || isValid || wanted });
        // What was invalid may be fine once unknown fields and unwanted nulls are gone.
        expect({ value, isValid: isValid && !wanted && !Value.Check(author, kept) && !hasNull(value) }).toEqual({ value, isValid: false });
      }
    }),
    { numRuns: 300 },
  );
});

function hasNull(value: unknown): boolean {
  return JSON.stringify(value).includes("null");
}
