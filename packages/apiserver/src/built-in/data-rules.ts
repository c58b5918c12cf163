import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { forbidden, invalid, required, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, objectAt } from "../json-object.ts";
import type { RuleOverrides } from "./rules.ts";

export interface SealableOptions {
  /** What never changes. */
  readonly fixed?: readonly string[];
  /** Where too much data is told. */
  readonly sizeField: string;
}

/** Data that may be sealed with `immutable`. */
export function sealable(fields: readonly string[], { fixed = [], sizeField }: SealableOptions): RuleOverrides {
  return {
    validate(object, before) {
      const problems: FieldProblem[] = [];
      for (const field of ["data", "binaryData"]) {
        for (const key of Object.keys(objectAt(object, field))) {
          if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
            problems.push(
              invalid(
                `${field}[${key}]`,
                key,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
              ),
            );
          }
        }
      }
      if (sizeOf(object) > MAX_DATA_BYTES) {
        problems.push({ reason: "FieldValueTooLong", field: sizeField, message: `Too long: may not be more than ${MAX_DATA_BYTES} bytes` });
      }
      for (const field of fixed) {
        if (before !== undefined && object[field] !== before[field])
          problems.push(invalid(field, object[field] ?? "", "field is immutable"));
      }
      if (before?.["immutable"] !== true) return problems;
      if (object["immutable"] !== true) problems.push(forbidden("immutable", "field is immutable when `immutable` is set"));
      for (const field of fields) {
        if (!sameJson((before[field] ?? null) as Json, (object[field] ?? null) as Json))
          problems.push(forbidden(field, "field is immutable when `immutable` is set"));
      }
      return problems;
    },
  };
}

const MAX_DATA_BYTES = 1024 * 1024;

/** The bytes of all values, binary ones as they are after decoding. */
function sizeOf(object: JsonObject): number {
  const texts = Object.values(objectAt(object, "data")).map(String);
  const binary = Object.values(objectAt(object, "binaryData")).map(String);
  return (
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) + binary.reduce((sum, text) => sum + Math.floor((text.length * 3) / 4), 0)
  );
}

const SEALED_SECRET: RuleOverrides = sealable(["data"], { fixed: ["type"], sizeField: "data" });

export const SECRET: RuleOverrides = {
  ...SEALED_SECRET,
  validate: (secret, before, context) => [...(SEALED_SECRET.validate?.(secret, before, context) ?? []), ...secretTypeProblems(secret)],
};

/** What a Secret of a known type must have. Source: `pkg/apis/core/validation/validation.go` (ValidateSecret). */
function secretTypeProblems(secret: JsonObject): readonly FieldProblem[] {
  const data = objectAt(secret, "data");
  const missing = (...keys: readonly string[]): readonly FieldProblem[] =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`, ""));
  switch (secret["type"]) {
    case "kubernetes.io/basic-auth": {
      const absent = missing("username", "password");
      return absent.length === 2 ? absent : [];
    }
    case "kubernetes.io/ssh-auth":
      return missing("ssh-privatekey");
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key");
    case "kubernetes.io/dockerconfigjson":
      return missing(".dockerconfigjson");
    default:
      return [];
  }
}
