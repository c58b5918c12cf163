import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schemas } from "../test/schema-cases.ts";
import type { FieldError } from "./field-error.ts";
import { structuralSchemaProblems } from "./structural-problems.ts";
import type { StructuralSchema } from "./structural-schema.ts";

interface Recorded {
  readonly problems: readonly { readonly schema: StructuralSchema; readonly causes: readonly FieldError[] }[];
}

const recorded = JSON.parse(readFileSync(new URL("../test/recorded.json", import.meta.url), "utf8")) as Recorded;
const path = "spec.validation.openAPIV3Schema";

const sorted = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort();

describe("structuralSchemaProblems, against what a kube-apiserver answered", () => {
  it("has an answer for every case", () => {
    expect(recorded.problems.map(({ schema }) => schema)).toEqual(schemas);
  });

  it.each(recorded.problems.map((one) => [JSON.stringify(one.schema), one] as const))("says the same of %s", (_, { schema, causes }) => {
    expect(sorted(structuralSchemaProblems(schema, { path }))).toEqual(sorted(causes));
  });
});
