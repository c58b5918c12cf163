import type { CelList, Library } from "../cel.ts";
import { functionNamespace } from "../function-namespace.ts";
import { celEquals } from "../equality.ts";

/** Source: cel-go `ext/sets.go`. */
export const sets: Library = (environment) => {
  const namespace = functionNamespace(environment, "sets");
  environment
    .registerFunction(`${namespace}.contains(list<T>, list<T>): bool`, (_: unknown, list: CelList, part: CelList) => contains(list, part))
    .registerFunction(
      `${namespace}.equivalent(list<T>, list<T>): bool`,
      (_: unknown, a: CelList, b: CelList) => contains(a, b) && contains(b, a),
    )
    .registerFunction(`${namespace}.intersects(list<T>, list<T>): bool`, (_: unknown, a: CelList, b: CelList) =>
      [...a].some((item) => has(b, item)),
    );
};

function contains(list: CelList, part: CelList): boolean {
  return [...part].every((item) => has(list, item));
}

function has(list: CelList, item: unknown): boolean {
  return [...list].some((other) => celEquals(other, item));
}
