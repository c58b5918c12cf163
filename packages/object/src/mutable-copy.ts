import type { Mutable } from "./kubernetes-object.ts";
import { setOwn } from "./set-own.ts";

/** A deep copy of JSON that you may change. What a cache hands out is frozen; this is how you edit it. */
export function mutableCopy<T>(value: T): Mutable<T> {
  return copy(value) as Mutable<T>;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== "object") return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) setOwn(result, key, copy((value as Record<string, unknown>)[key]));
  return result;
}

/** Freezes JSON all the way down and returns it. */
export function deepFreeze<T>(value: T): T {
  // Not by calling itself: an object of Kubernetes may be 10,000 levels deep.
  const left: object[] = [];
  const freeze = (part: unknown): void => {
    if (part !== null && typeof part === "object" && !Object.isFrozen(part)) left.push(Object.freeze(part));
  };
  freeze(value);
  for (let next = left.pop(); next !== undefined; next = left.pop()) Object.values(next).forEach(freeze);
  return value;
}
