import { failed, type CelList, type Library } from "../cel.ts";
import { functionNamespace } from "../function-namespace.ts";
import { celCompare, celEquals } from "../equality.ts";

/** Source: k8s.io/apiserver `pkg/cel/library/lists.go`; cel-go `ext/lists.go`. */
export const lists: Library = (environment, { Optional, evaluate }) => {
  const namespace = functionNamespace(environment, "lists");
  const add = (signature: string, handler: (...args: never[]) => unknown): void => void environment.registerFunction(signature, handler);
  add(`${namespace}.range(int): list<int>`, (_: unknown, count: bigint) => range(Number(count)));
  add("list<T>.isSorted(): bool", (list: CelList) => [...list].every((item, i, all) => i === 0 || celCompare(all[i - 1], item) <= 0));
  add("list<int>.sum(): int", (list: Iterable<bigint>) => [...list].reduce((sum, item) => sum + item, 0n));
  add("list<double>.sum(): double", (list: Iterable<number>) => [...list].reduce((sum, item) => sum + item, 0));
  add("list<google.protobuf.Duration>.sum(): google.protobuf.Duration", (list: Iterable<Duration>) =>
    [...list].reduce((sum, item) => sum.addDuration(item), evaluate("duration('0s')") as Duration),
  );
  add("list<T>.min(): T", (list: CelList) => extreme("min", list, -1));
  add("list<T>.max(): T", (list: CelList) => extreme("max", list, 1));
  add("list<T>.indexOf(T): int", (list: CelList, value: unknown) => BigInt([...list].findIndex((item) => celEquals(item, value))));
  add("list<T>.lastIndexOf(T): int", (list: CelList, value: unknown) => BigInt([...list].findLastIndex((item) => celEquals(item, value))));
  add("list<T>.slice(int, int): list<T>", (list: CelList, from: bigint, to: bigint) => slice([...list], Number(from), Number(to)));
  add("list<T>.flatten(): list<dyn>", (list: CelList) => flat(list, 1));
  add("list<T>.flatten(int): list<dyn>", (list: CelList, depth: bigint) => flat(list, Number(depth)));
  add("list<T>.sort(): list<T>", (list: CelList) => [...list].sort(celCompare));
  add("list<T>.distinct(): list<T>", (list: CelList) => distinct([...list]));
  add("list<T>.reverse(): list<T>", (list: CelList) => [...list].reverse());
  add("list<T>.first(): optional<T>", (list: CelList) => Optional.of([...list][0]));
  add("list<T>.last(): optional<T>", (list: CelList) => Optional.of([...list].at(-1)));
};

interface Duration {
  addDuration(other: Duration): Duration;
}

const MAX_RANGE = 100_000;

function range(count: number): readonly bigint[] {
  if (count > MAX_RANGE) throw failed(`lists.range: ${count} is more than ${MAX_RANGE}`);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => BigInt(index));
}

function extreme(name: string, list: CelList, sign: 1 | -1): unknown {
  const [first, ...rest] = list;
  if (first === undefined) throw failed(`${name} called on empty list`);
  return rest.reduce((best, item) => (celCompare(item, best) === sign ? item : best), first);
}

function slice(list: readonly unknown[], from: number, to: number): readonly unknown[] {
  if (from < 0 || to < 0) throw failed(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to) throw failed(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > list.length) throw failed(`cannot slice(${from}, ${to}), list is length ${list.length}`);
  return list.slice(from, to);
}

function flat(list: CelList, depth: number): readonly unknown[] {
  return [...list].flatMap((item) =>
    depth > 0 && (Array.isArray(item) || item instanceof Set) ? flat(item as CelList, depth - 1) : [item],
  );
}

function distinct(list: readonly unknown[]): readonly unknown[] {
  return list.filter((item, i) => list.findIndex((other) => celEquals(other, item)) === i);
}
