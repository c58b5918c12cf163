import { readFileSync } from "node:fs";
import { Pod } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { kinds } from "../test/kinds.ts";
import { crdFor, objectSchemaOf } from "./crd-for.ts";
import { withDefaults } from "./defaults.ts";
import type { FieldError } from "./field-error.ts";
import { prune } from "./prune.ts";
import { validate } from "./validate.ts";

interface Recorded {
  readonly kinds: readonly {
    readonly manifest: object;
    readonly objects: readonly { readonly spec?: unknown; readonly causes?: readonly FieldError[]; readonly stored?: unknown }[];
  }[];
}

const recorded = JSON.parse(readFileSync(new URL("../test/recorded.json", import.meta.url), "utf8")) as Recorded;

const sorted = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort();

describe.each(kinds.map((one, i) => [one.kind.kind, one, recorded.kinds[i]] as const))("crdFor %s", (_, { kind, specs }, answer) => {
  it("is the manifest that a kube-apiserver accepted, with strict field validation", () => {
    expect(JSON.parse(JSON.stringify(crdFor(kind)))).toEqual(answer?.manifest);
  });

  it.each(specs.map((spec, i) => [JSON.stringify(spec), spec, answer?.objects[i]] as const))(
    "treats %s as that server did",
    (__, spec, object) => {
      const schema = objectSchemaOf(kind);
      const whole = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "a" }, ...(spec !== undefined && { spec }) };
      const mine = withDefaults(schema, prune(schema, whole).value);
      const causes = object?.causes ?? [];
      expect(sorted(validate(schema, mine))).toEqual(sorted(causes));
      const stored = causes.length === 0 ? mine.spec : undefined;
      expect(stored).toEqual(object?.stored);
    },
  );
});

describe("a kind without a schema of its author's", () => {
  it.each<[unknown, string]>([
    [Pod, "Pod is no kind made by defineKind, which is where its schema is given"],
    [undefined, "what was given is no kind made by defineKind"],
    [{}, "what was given is no kind made by defineKind"],
  ])("is refused: %o", (kind, message) => {
    expect(() => crdFor(kind as never)).toThrow(new RegExp(`^crdFor: ${message}`));
    expect(() => objectSchemaOf(kind as never)).toThrow(new RegExp(`^objectSchemaOf: ${message}`));
  });
});
