import type { ObjectEntry, WatchEvent } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import type { Change } from "./change.ts";
import { Store } from "./store.ts";

interface Thing extends KubernetesObject {
  readonly spec: { readonly node?: string; readonly tags?: readonly string[] };
}

let parsed = 0;

/** An entry whose object is made when it is first read, as a client's is. */
function entry(key: string, uid: string, resourceVersion: string, spec: Thing["spec"] = {}): ObjectEntry<Thing> {
  const [namespace = "", name = ""] = key.split("/");
  return {
    key,
    uid,
    resourceVersion,
    get object(): Thing {
      parsed += 1;
      return { apiVersion: "v1", kind: "Thing", metadata: { namespace, name, uid, resourceVersion }, spec };
    },
  };
}

function event(type: "ADDED" | "MODIFIED" | "DELETED", of: ObjectEntry<Thing>): Exclude<WatchEvent<Thing>, { type: "ERROR" }> {
  return { type, entry: of };
}

function told(changes: readonly Change<Thing>[]): string[] {
  return changes.map(
    ({ type, key, entry: { uid, resourceVersion }, initial, finalStateUnknown }) =>
      `${type} ${key} ${uid}@${resourceVersion}${initial ? " initial" : ""}${finalStateUnknown ? " unseen" : ""}`,
  );
}

function filled(): Store<Thing> {
  const store = new Store<Thing>({
    indexes: { node: ({ spec }) => spec.node, tag: ({ spec }) => spec.tags },
  });
  store.replace(
    [entry("n/a", "A", "1", { node: "x", tags: ["red", "big"] }), entry("n/b", "B", "2", { node: "x" }), entry("m/c", "C", "3")],
    "5",
  );
  return store;
}

const keysOf = (entries: Iterable<ObjectEntry<Thing>>): string[] => Array.from(entries, ({ key }) => key);

describe("replacing the copy", () => {
  it("tells the first list as initial adds", () => {
    const store = new Store<Thing>();
    expect(told(store.replace([entry("n/a", "A", "1")], "5"))).toEqual(["add n/a A@1 initial"]);
    expect(store.version).toBe("5");
  });

  it("can be done in small steps, and has its new version with the last one only", () => {
    const many = (versionOf: (index: number) => string): ObjectEntry<Thing>[] =>
      Array.from({ length: 2_000 }, (_, index) => entry(`n/${index}`, `uid-${index}`, versionOf(index)));
    const store = new Store<Thing>();
    store.replace(
      many(() => "1"),
      "1",
    );
    const changed = many((index) => (index % 2 === 0 ? "1" : "2")).slice(500);
    const steps: number[] = [];
    const versions: (string | undefined)[] = [];
    const all: Change<Thing>[] = [];
    for (const changes of store.replacing(changed, "2")) {
      steps.push(changes.length);
      all.push(...changes);
      versions.push(store.version);
    }
    expect(Math.max(...steps)).toBeLessThanOrEqual(256);
    expect(all.map(({ type }) => type)).toEqual([...Array(500).fill("delete"), ...Array(750).fill("update")]);
    expect(versions.every((version) => version === "1" || version === "2")).toBe(true);
    expect(versions.indexOf("2")).toBe(versions.length - 1);
    expect(store.size).toBe(1_500);
  });

  it("tells what is gone, what is re-created, what changed and what is new, each once, and nothing of the rest", () => {
    const store = filled();
    const changes = store.replace([entry("n/a", "A", "1"), entry("n/b", "B2", "7"), entry("n/d", "D", "8")], "9");
    expect(told(changes)).toEqual(["delete n/b B@2 unseen", "delete m/c C@3 unseen", "add n/b B2@7", "add n/d D@8"]);
    expect(told(store.replace([entry("n/a", "A", "1"), entry("n/b", "B2", "7"), entry("n/d", "D", "8")], "10"))).toEqual([]);
  });

  it("believes a list that is older than the copy", () => {
    const store = filled();
    store.apply(event("MODIFIED", entry("n/a", "A", "8")));
    expect(told(store.replace([entry("n/a", "A", "1")], "4"))).toEqual([
      "delete n/b B@2 unseen",
      "delete m/c C@3 unseen",
      "update n/a A@1",
    ]);
    expect(store.version).toBe("4");
  });

  it("takes the newer of two entries for one key", () => {
    const store = new Store<Thing>();
    store.replace([entry("n/a", "A", "3"), entry("n/a", "A", "2")], "5");
    expect(store.get("n/a")?.resourceVersion).toBe("3");
  });

  it("reports objects without versions every time, because they may have changed", () => {
    const store = new Store<Thing>();
    store.replace([entry("n/a", "", "")], "5");
    expect(told(store.replace([entry("n/a", "", "")], "6"))).toEqual(["update n/a @"]);
  });

  it("parses nothing when there is no index", () => {
    parsed = 0;
    const store = new Store<Thing>();
    store.replace([entry("n/a", "A", "1"), entry("n/b", "B", "2")], "5");
    store.apply(event("MODIFIED", entry("n/a", "A", "6")));
    expect([...store.inNamespace("n")]).toHaveLength(2);
    expect(parsed).toBe(0);
  });
});

describe("an event", () => {
  it.each<[string, "ADDED" | "MODIFIED" | "DELETED", ObjectEntry<Thing>, string[]]>([
    ["of a new object adds it", "ADDED", entry("n/z", "Z", "6"), ["add n/z Z@6"]],
    ["that changes an unknown object adds it", "MODIFIED", entry("n/z", "Z", "6"), ["add n/z Z@6"]],
    ["that changes an object updates it", "MODIFIED", entry("n/a", "A", "6"), ["update n/a A@6"]],
    ["that adds a known object updates it", "ADDED", entry("n/a", "A", "6"), ["update n/a A@6"]],
    ["of another uid is a delete and an add", "MODIFIED", entry("n/a", "A2", "6"), ["delete n/a A@1 unseen", "add n/a A2@6"]],
    ["that deletes tells the last state", "DELETED", entry("n/a", "A", "6"), ["delete n/a A@6"]],
    ["that deletes another uid ends the one we know, too", "DELETED", entry("n/a", "A2", "6"), ["delete n/a A@1 unseen"]],
    ["that deletes with the version last held is a deletion", "DELETED", entry("n/a", "A", "1"), ["delete n/a A@1"]],
    ["that deletes an unknown object is nothing", "DELETED", entry("n/z", "Z", "6"), []],
    ["at the copy's version is nothing", "MODIFIED", entry("n/a", "A", "5"), []],
    ["below the copy's version is nothing", "ADDED", entry("n/z", "Z", "4"), []],
    ["of a deletion below the copy's version is nothing", "DELETED", entry("n/c", "C", "2"), []],
    ["whose version cannot be compared is believed", "MODIFIED", entry("n/a", "A", "abc"), ["update n/a A@abc"]],
    ["without a version is believed", "MODIFIED", entry("n/a", "A", ""), ["update n/a A@"]],
  ])("%s", (_, type, of, expected) => {
    expect(told(filled().apply(event(type, of)))).toEqual(expected);
  });

  it.each<[string, "ADDED" | "MODIFIED" | "DELETED", ObjectEntry<Thing>, number]>([
    ["of an unknown object", "ADDED", entry("n/z", "Z", "4"), 1],
    ["newer than what the copy has of the object", "MODIFIED", entry("n/a", "A", "2"), 1],
    ["that deletes a state the copy never had", "DELETED", entry("n/a", "A", "2"), 1],
    ["that the copy has already", "MODIFIED", entry("n/a", "A", "1"), 0],
    ["that deletes an unknown object", "DELETED", entry("n/z", "Z", "4"), 0],
  ])("from before the copy's version, %s, is not applied, and counted when it contradicts the copy", (_, type, of, contradictions) => {
    const store = filled();
    expect(told(store.apply(event(type, of)))).toEqual([]);
    expect(store.contradictions).toBe(contradictions);
  });

  it("never takes an object back, even when it is newer than the list it came from", () => {
    const store = new Store<Thing>();
    // Pages may be newer than the version the watch begins at.
    store.replace([entry("n/a", "A", "9")], "5");
    expect(told(store.apply(event("MODIFIED", entry("n/a", "A", "7"))))).toEqual([]);
    expect(told(store.apply(event("DELETED", entry("n/a", "old", "8"))))).toEqual([]);
    expect(store.version).toBe("8");
    expect(store.get("n/a")?.resourceVersion).toBe("9");
  });

  it("that is a bookmark moves the version, but never back", () => {
    const store = filled();
    store.apply({ type: "BOOKMARK", resourceVersion: "50", initialEventsEnd: false });
    store.apply({ type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: false });
    expect(store.version).toBe("50");
    expect(store.contradictions).toBe(1);
  });
});

describe("an index", () => {
  it("finds objects by one value or several, and follows their changes", () => {
    const store = filled();
    expect(keysOf(store.byIndex("node", "x"))).toEqual(["n/a", "n/b"]);
    expect(keysOf(store.byIndex("tag", "big"))).toEqual(["n/a"]);
    store.apply(event("MODIFIED", entry("n/a", "A", "6", { node: "y", tags: ["red"] })));
    store.apply(event("DELETED", entry("n/b", "B", "7")));
    expect(keysOf(store.byIndex("node", "x"))).toEqual([]);
    expect(keysOf(store.byIndex("node", "y"))).toEqual(["n/a"]);
    expect(keysOf(store.byIndex("tag", "big"))).toEqual([]);
    expect(keysOf(store.byIndex("tag", "red"))).toEqual(["n/a"]);
  });

  it("can be added to a filled store and removed from it", () => {
    const store = filled();
    store.addIndex("first letter", ({ metadata }) => metadata.name.slice(0, 1));
    expect(keysOf(store.byIndex("first letter", "c"))).toEqual(["m/c"]);
    store.removeIndex("first letter");
    expect(() => store.byIndex("first letter", "c")).toThrow('index "first letter" does not exist; there is: node, tag');
    expect(() => store.addIndex("node", () => undefined)).toThrow('index "node" exists already');
  });

  it("whose function throws loses that object, not the store", () => {
    const errors: unknown[] = [];
    const store = new Store<Thing>({
      indexes: {
        bad: () => {
          throw new Error("no");
        },
      },
      onIndexError: (error, index, { key }) => errors.push([String(error), index, key]),
    });
    store.replace([entry("n/a", "A", "1")], "5");
    expect(store.get("n/a")).toBeDefined();
    expect(errors).toEqual([["Error: no", "bad", "n/a"]]);
  });

  it("of namespaces is built when asked for and then kept", () => {
    const store = filled();
    expect(keysOf(store.inNamespace("n"))).toEqual(["n/a", "n/b"]);
    store.apply(event("DELETED", entry("n/a", "A", "6")));
    store.apply(event("ADDED", entry("n/d", "D", "7")));
    expect(keysOf(store.inNamespace("n"))).toEqual(["n/b", "n/d"]);
    expect(keysOf(store.inNamespace("nowhere"))).toEqual([]);
  });
});
