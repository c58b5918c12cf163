import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { ListMap } from "./list-map.ts";

function mapOf(lists: Readonly<Record<string, readonly number[]>>): ListMap<number> {
  const map = new ListMap<number>();
  for (const [key, items] of Object.entries(lists)) map.addItem(key, ...items);
  return map;
}

function itemsOf(map: ListMap<number>, key: string): number[] {
  const items: number[] = [];
  map.range(key, (_, item) => items.push(item));
  return items;
}

describe("addItem", () => {
  test("appends in the order given and creates the key", () => {
    const map = mapOf({ a: [1, 2] });
    map.addItem("a", 3, 4);
    expect(itemsOf(map, "a")).toEqual([1, 2, 3, 4]);
  });

  test("without items still creates the key", () => {
    const map = mapOf({ a: [] });
    expect([map.size(), map.keySize("a"), map.keys()]).toEqual([1, 0, ["a"]]);
  });

  test.each([1, 10])("ten writers of a thousand items lose nothing on %i keys", async (keys) => {
    const map = new ListMap<number>();
    const writers = Array.from({ length: 10 }, async (_, writer) => {
      for (let index = 0; index < 1_000; index++) {
        map.addItem(String(writer % keys), index);
        if (index % 100 === 0) await Promise.resolve();
      }
    });
    await Promise.all(writers);
    let total = 0;
    map.rangeAll(() => total++);
    expect([map.size(), total]).toEqual([keys, 10_000]);
  });
});

test.each([
  ["no key", "b", 0, undefined],
  ["an index too high", "a", 2, undefined],
  ["an index below zero", "a", -1, undefined],
  ["an item", "a", 1, 20],
])("itemAt: %s", (_title, key, index, item) => {
  expect(mapOf({ a: [10, 20] }).itemAt(key, index)).toBe(item);
});

describe("range", () => {
  test.each([
    ["a missing key", "b"],
    ["an empty list", "empty"],
  ])("of %s calls nobody", (_title, key) => {
    expect(itemsOf(mapOf({ a: [1], empty: [] }), key)).toEqual([]);
  });

  test("gives the indices in order", () => {
    const seen: [number, number][] = [];
    mapOf({ a: [10, 20] }).range("a", (index, item) => seen.push([index, item]));
    expect(seen).toEqual([
      [0, 10],
      [1, 20],
    ]);
  });

  test("sees the list as it was when it began, whatever the callback does", () => {
    const map = mapOf({ a: [1, 2, 3] });
    const seen: number[] = [];
    map.range("a", (_, item) => {
      seen.push(item);
      map.removeItem("a", (other) => other === 2);
      map.addItem("a", item * 10);
      if (item === 3) map.removeKey("a");
    });
    expect(seen).toEqual([1, 2, 3]);
    expect(map.size()).toBe(0);
  });

  test("does not see what its callback only adds", () => {
    const map = mapOf({ a: [1, 2] });
    const seen: number[] = [];
    map.range("a", (_, item) => {
      if (seen.push(item) < 10) map.addItem("a", item * 10);
    });
    expect(seen).toEqual([1, 2]);
    expect(itemsOf(map, "a")).toEqual([1, 2, 10, 20]);
  });

  test("sees what its callback removes by its index", () => {
    const map = mapOf({ a: [1, 2, 3] });
    const seen: number[] = [];
    map.range("a", (_, item) => {
      seen.push(item);
      map.removeItemAt("a", 0);
    });
    expect([seen, itemsOf(map, "a")]).toEqual([[1, 2, 3], []]);
  });

  test("of all keys does not see what is added to a key whose turn has not come", () => {
    const map = mapOf({ a: [1], b: [2] });
    const seen: string[] = [];
    map.rangeAll((key, _index, item) => {
      seen.push(`${key}=${item}`);
      map.addItem("a", 3);
      map.addItem("b", 4);
    });
    expect(seen.toSorted()).toEqual(["a=1", "b=2"]);
  });

  test("of all keys sees each as it was when it began", () => {
    const map = mapOf({ a: [1], empty: [], b: [2, 3] });
    const seen: string[] = [];
    map.rangeAll((key, index, item) => {
      seen.push(`${key}${index}=${item}`);
      map.removeKey("b");
      map.addItem("c", 4);
      map.addItem("a", 5);
    });
    expect(seen.toSorted()).toEqual(["a0=1", "b0=2", "b1=3"]);
  });

  test("of all keys calls nobody when there are only empty lists", () => {
    const map = mapOf({ a: [], b: [] });
    map.rangeAll(() => {
      throw new Error("called");
    });
    expect(map.size()).toBe(2);
  });
});

test("an empty map has no keys", () => {
  const map = new ListMap<number>();
  expect([map.keys(), map.size(), map.keySize("a")]).toEqual([[], 0, 0]);
});

test("removeKey forgets the key; an unknown one does nothing", () => {
  const map = mapOf({ a: [1], b: [2] });
  map.removeKey("a");
  map.removeKey("x");
  expect([map.keys(), map.itemAt("a", 0)]).toEqual([["b"], undefined]);
});

test.each([
  ["the first", "a", 0, [2, 3]],
  ["the last", "a", 2, [1, 2]],
  ["one between", "a", 1, [1, 3]],
  ["an index too high", "a", 3, [1, 2, 3]],
  ["an index below zero", "a", -1, [1, 2, 3]],
  ["an unknown key", "x", 0, [1, 2, 3]],
])("removeItemAt: %s", (_title, key, index, rest) => {
  const map = mapOf({ a: [1, 2, 3] });
  map.removeItemAt(key, index);
  expect([itemsOf(map, "a"), map.size()]).toEqual([rest, 1]);
});

test.each<[string, string, number[], boolean, number[]]>([
  ["the first match only", "a", [2], true, [1, 3, 2]],
  ["the first item", "a", [1], true, [2, 3, 2]],
  ["nothing without a match", "a", [9], false, [1, 2, 3, 2]],
  ["nothing of an unknown key", "x", [1], false, [1, 2, 3, 2]],
])("removeItem removes %s", (_title, key, matching, isRemoved, rest) => {
  const map = mapOf({ a: [1, 2, 3, 2] });
  expect(map.removeItem(key, (item) => matching.includes(item))).toBe(isRemoved);
  expect([itemsOf(map, "a"), map.size()]).toEqual([rest, 1]);
});

test("removing the last item leaves the key with an empty list", () => {
  const byIndex = mapOf({ a: [1] });
  byIndex.removeItemAt("a", 0);
  const byMatch = mapOf({ a: [1] });
  byMatch.removeItem("a", () => true);
  const all = mapOf({ a: [1, 2] });
  all.removeItems("a", () => true);
  expect([byIndex, byMatch, all].map((map) => [map.size(), map.keySize("a"), map.keys()])).toEqual([
    [1, 0, ["a"]],
    [1, 0, ["a"]],
    [1, 0, ["a"]],
  ]);
});

function isEven(item: number): boolean {
  return item % 2 === 0;
}

describe("removeItems", () => {
  test.each([
    ["all without a limit", undefined, 3, [1, 3]],
    ["all with a limit of zero", 0, 3, [1, 3]],
    ["all with a limit below zero", -5, 3, [1, 3]],
    ["no more than the limit", 2, 2, [1, 3, 6]],
  ])("removes %s", (_title, limit, count, rest) => {
    const map = mapOf({ a: [1, 2, 3, 4, 6] });
    expect(map.removeItems("a", isEven, limit)).toBe(count);
    expect(itemsOf(map, "a")).toEqual(rest);
  });

  test("does not ask again once the limit is reached", () => {
    const asked: number[] = [];
    const match = (item: number) => asked.push(item) > 0 && isEven(item);
    mapOf({ a: [1, 2, 3, 4] }).removeItems("a", match, 1);
    expect(asked).toEqual([1, 2]);
  });

  test("of an unknown key returns 0 and does not create it", () => {
    const map = mapOf({ a: [1] });
    expect([map.removeItems("x", () => true), map.size()]).toEqual([0, 1]);
  });

  test("removes after the scan, so the callback sees the whole list", () => {
    const map = mapOf({ a: [1, 2, 3] });
    const sizes: number[] = [];
    map.removeItems("a", () => sizes.push(map.keySize("a")) > 0);
    expect(sizes).toEqual([3, 3, 3]);
  });

  test("does not ask of what its own callback adds, and keeps it", () => {
    const map = mapOf({ a: [1, 2] });
    const asked: number[] = [];
    const count = map.removeItems("a", (item) => {
      if (asked.push(item) < 10) map.addItem("a", 3);
      return true;
    });
    expect([count, asked, itemsOf(map, "a")]).toEqual([2, [1, 2], [3, 3]]);
  });

  test("finds its items again when its callback has put as many in as it took out", () => {
    const map = mapOf({ a: [1, 2, 3] });
    const count = map.removeItems("a", (item) => {
      if (item === 1) {
        map.removeItemAt("a", 0);
        map.addItem("a", 4);
      }
      return item === 2;
    });
    expect([count, itemsOf(map, "a")]).toEqual([1, [3, 4]]);
  });

  test("keeps what its own callback adds, and does not remove twice what it removes", () => {
    const map = mapOf({ a: [1, 2, 2, 3] });
    const count = map.removeItems("a", (item) => {
      if (item === 1) {
        map.addItem("a", 2);
        map.removeItemAt("a", 1);
      }
      return item === 2;
    });
    expect([count, itemsOf(map, "a")]).toEqual([2, [1, 3]]);
    const own = mapOf({ a: [1, 2, 3] });
    const removesItself = (item: number) => {
      if (item === 1) own.removeItemAt("a", 1);
      return item === 2;
    };
    expect([own.removeItems("a", removesItself), itemsOf(own, "a")]).toEqual([0, [1, 3]]);
    const removed = mapOf({ a: [1, 2] });
    const match = () => {
      removed.removeKey("a");
      return true;
    };
    expect([removed.removeItems("a", match), removed.size()]).toEqual([0, 0]);
  });
});

/** The map as it is meant: plain arrays, copied at every turn. */
class Model {
  lists: Record<string, number[]> = {};

  apply({ op, key, item, index, limit }: Step): unknown {
    const list = this.lists[key];
    switch (op) {
      case "addItem":
        this.lists[key] = [...(list ?? []), item, item + 1];
        return undefined;
      case "removeKey":
        delete this.lists[key];
        return undefined;
      case "removeItemAt":
        if (list !== undefined && index >= 0) this.lists[key] = list.filter((_, at) => at !== index);
        return undefined;
      case "removeItem":
        return this.#removeMatches(key, item, 1) === 1;
      case "removeItems":
        return this.#removeMatches(key, item, limit);
    }
  }

  #removeMatches(key: string, item: number, limit: number): number {
    let count = 0;
    const rest = this.lists[key]?.filter((other) => other !== item || (limit >= 1 && count >= limit) || ++count === 0);
    if (rest !== undefined) this.lists[key] = rest;
    return count;
  }
}

interface Step {
  readonly op: "addItem" | "removeKey" | "removeItemAt" | "removeItem" | "removeItems";
  readonly key: string;
  readonly item: number;
  readonly index: number;
  readonly limit: number;
}

function applyStep(map: ListMap<number>, { op, key, item, index, limit }: Step): unknown {
  switch (op) {
    case "addItem":
      return map.addItem(key, item, item + 1);
    case "removeKey":
      return map.removeKey(key);
    case "removeItemAt":
      return map.removeItemAt(key, index);
    case "removeItem":
      return map.removeItem(key, (other) => other === item);
    case "removeItems":
      return map.removeItems(key, (other) => other === item, limit);
  }
}

test("any sequence of operations leaves what plain arrays would have", () => {
  const step = record<Step>({
    op: constantFrom("addItem", "addItem", "removeKey", "removeItemAt", "removeItem", "removeItems"),
    key: constantFrom("a", "b", "__proto__"),
    item: integer({ min: 0, max: 3 }),
    index: integer({ min: -1, max: 4 }),
    limit: integer({ min: -1, max: 3 }),
  });
  assert(
    property(array(step, { maxLength: 40, size: "max" }), (steps) => {
      const map = new ListMap<number>();
      const model = new Model();
      model.lists = Object.create(null) as Record<string, number[]>;
      for (const one of steps) expect(applyStep(map, one)).toEqual(model.apply(one));
      expect(map.keys().toSorted()).toEqual(Object.keys(model.lists).toSorted());
      for (const [key, list] of Object.entries(model.lists)) {
        expect(itemsOf(map, key)).toEqual(list);
        expect(map.keySize(key)).toBe(list.length);
        expect(map.itemAt(key, list.length - 1)).toBe(list.at(-1));
      }
      expect(map.size()).toBe(Object.keys(model.lists).length);
    }),
  );
});
