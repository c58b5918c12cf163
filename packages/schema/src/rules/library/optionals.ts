import type { Cel, Library } from "../cel.ts";
import { celEquals } from "../equality.ts";

type Optional = InstanceType<Cel["Optional"]>;

/** What the evaluator's optional values lack. Source: cel-go `cel/library.go`. */
export const optionals: Library = (environment, { Optional }) => {
  environment
    .registerFunction("OptionalNamespace.ofNonZeroValue(T): optional<T>", (_: unknown, value: unknown) =>
      isZero(value) ? Optional.none() : Optional.of(value),
    )
    .registerOperator("optional<T> == optional<T>: bool", (a: Optional, b: Optional) =>
      a.hasValue() && b.hasValue() ? celEquals(a.value(), b.value()) : a.hasValue() === b.hasValue(),
    );
};

function isZero(value: unknown): boolean {
  if (value instanceof Map || value instanceof Set) return value.size === 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return value === null || value === "" || value === 0 || value === 0n || value === false;
}
