/** Whether two CEL values are equal: numbers across their types, lists in order but for sets, objects by their fields. */
export function celEquals(a: unknown, b: unknown): boolean {
  // oxlint-disable-next-line eqeqeq -- CEL compares 1 and 1.0 by value
  if (isNumber(a) && isNumber(b)) return a == b;
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (isList(a) && isList(b)) return listEquals(a, b);
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && Array.from(a).every(([key, value]) => b.has(key) && celEquals(value, b.get(key)));
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a.length === b.length && a.every((byte, i) => byte === b[i]);
  return a.constructor === b.constructor && a.valueOf() === b.valueOf() && a.valueOf() !== a;
}

function listEquals(a: readonly unknown[] | ReadonlySet<unknown>, b: readonly unknown[] | ReadonlySet<unknown>): boolean {
  const [left, right] = [[...a], [...b]];
  if (left.length !== right.length) return false;
  if (a instanceof Set || b instanceof Set) return left.every((item) => right.some((other) => celEquals(item, other)));
  return left.every((item, i) => celEquals(item, right[i]));
}

function isList(value: object): value is readonly unknown[] | ReadonlySet<unknown> {
  return Array.isArray(value) || value instanceof Set;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Less than, equal or greater: -1, 0 or 1. For values that CEL orders. */
export function celCompare(a: unknown, b: unknown): -1 | 0 | 1 {
  const [left, right] = [a as number, b as number];
  return left < right ? -1 : left > right ? 1 : 0;
}
