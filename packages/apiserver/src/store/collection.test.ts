import { describe, expect, it } from "vitest";
import { Store } from "./store.ts";

const object = (value: number): { metadata: object; value: number } => ({ metadata: {}, value });

describe("Collection", () => {
  it("numbers changes of all collections with one counter and writes the number into the metadata", () => {
    const store = new Store();
    const a = store.collection("a").put("n", "x", object(1));
    const b = store.collection("b").put("n", "x", object(2));
    expect([a.version, b.version, store.version]).toEqual([2, 3, 3]);
    expect(b.object).toEqual({ metadata: { resourceVersion: "3" }, value: 2 });
  });

  it("lists in the order of keys, by namespace, whatever the order of creation", () => {
    const collection = new Store().collection("a");
    for (const [namespace, name] of [
      ["b", "x"],
      ["a-1", "x"],
      ["a", "z"],
      ["a", "b"],
    ] as const)
      collection.put(namespace, name, object(0));
    const keys = (namespace: string): string[] => collection.page({ namespace }).items.map((item) => `${item.namespace}/${item.name}`);
    expect(keys("")).toEqual(["a-1/x", "a/b", "a/z", "b/x"]);
    expect(keys("a")).toEqual(["a/b", "a/z"]);
    collection.remove("a", "b");
    collection.put("a", "c", object(0));
    expect(keys("a")).toEqual(["a/c", "a/z"]);
  });

  it("pages through one version while the present moves on", () => {
    const store = new Store();
    const collection = store.collection("a");
    for (const name of ["a", "b", "c", "d"]) collection.put("n", name, object(1));
    const { version } = store;
    const first = collection.page({ namespace: "n", limit: 2 });
    expect([first.last, first.remaining]).toEqual(["n/b", 2]);
    collection.remove("n", "c");
    collection.put("n", "d", object(2));
    collection.put("n", "e", object(1));
    const second = collection.page({ namespace: "n", limit: 2, after: "n/b", version });
    expect(second.items.map(({ name, object: { value } }) => [name, value])).toEqual([
      ["c", 1],
      ["d", 1],
    ]);
    expect(second.last).toBeUndefined();
  });

  it("computes every past state from the log: the same as a copy taken then", () => {
    const store = new Store();
    const collection = store.collection("a");
    const states: { version: number; state: unknown }[] = [];
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let step = 0; step < 300; step += 1) {
      const name = `k${random(12)}`;
      if (random(3) === 0) collection.remove("n", name);
      else collection.put("n", name, object(step));
      states.push({ version: store.version, state: collection.page({ namespace: "" }).items });
    }
    for (const { version, state } of states) expect(collection.page({ namespace: "", version }).items).toEqual(state);
  });

  it("knows how many are left only when nothing is filtered", () => {
    const collection = new Store().collection("a");
    for (const name of ["a", "b", "c"]) collection.put("", name, object(1));
    expect(collection.page({ namespace: "", limit: 1 }).remaining).toBe(2);
    expect(collection.page({ namespace: "", limit: 1, matches: () => true }).remaining).toBeUndefined();
  });
});
