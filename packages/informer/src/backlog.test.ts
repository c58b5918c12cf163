import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { Backlog } from "./backlog.ts";
import type { Change } from "./change.ts";

function entry(id: string): ObjectEntry {
  const [uid = "", resourceVersion = ""] = id.split("@");
  const object: KubernetesObject = { apiVersion: "v1", kind: "Thing", metadata: { name: "a", uid, resourceVersion } };
  return { key: "a", uid, resourceVersion, object };
}

/** `A@1 → A@2`: what was there, what is there; `∅` for nothing, `?` after a deletion that was not seen. */
function change(text: string): Change {
  const [from = "∅", to = "∅"] = text.replace("?", "").split(" → ");
  const base = { key: "a", initial: false, finalStateUnknown: text.endsWith("?") };
  if (from === "∅") return { ...base, type: "add", entry: entry(to), old: undefined };
  if (to.startsWith("∅")) return { ...base, type: "delete", entry: entry(to === "∅" ? from : to.slice(2)), old: entry(from) };
  return { ...base, type: from === to ? "resync" : "update", entry: entry(to), old: entry(from) };
}

function merged(...changes: readonly string[]): string[] {
  const backlog = new Backlog();
  for (const text of changes) backlog.push(change(text));
  expect(backlog.size).toBeLessThanOrEqual(1);
  return taken(backlog).map(({ type, entry: now, old, finalStateUnknown }) => {
    const was = type === "update" ? ` from ${old?.resourceVersion}` : "";
    return `${type} ${now.uid}@${now.resourceVersion}${was}${finalStateUnknown ? " unseen" : ""}`;
  });
}

function taken(backlog: Backlog<KubernetesObject>): Change[] {
  const changes: Change[] = [];
  for (let next = backlog.shift(); next !== undefined; next = backlog.shift()) changes.push(next);
  return changes;
}

describe("what waits for one key", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["an add", ["∅ → A@1"], ["add A@1"]],
    ["an update", ["A@1 → A@2"], ["update A@2 from 1"]],
    ["a deletion", ["A@1 → ∅ A@2"], ["delete A@2"]],
    ["a deletion nobody saw", ["A@1 → ∅?"], ["delete A@1 unseen"]],
    ["added and changed", ["∅ → A@1", "A@1 → A@2"], ["add A@2"]],
    ["added and deleted", ["∅ → A@1", "A@1 → ∅"], []],
    ["changed twice", ["A@1 → A@2", "A@2 → A@3"], ["update A@3 from 1"]],
    ["changed and deleted", ["A@1 → A@2", "A@2 → ∅ A@3"], ["delete A@3"]],
    ["deleted and re-created", ["A@1 → ∅ A@2", "∅ → B@3"], ["delete A@2", "add B@3"]],
    ["re-created and changed", ["A@1 → ∅ A@2", "∅ → B@3", "B@3 → B@4"], ["delete A@2", "add B@4"]],
    ["re-created and deleted", ["A@1 → ∅ A@2", "∅ → B@3", "B@3 → ∅ B@4"], ["delete A@2"]],
    ["re-created twice", ["A@1 → ∅ A@2", "∅ → B@3", "B@3 → ∅ B@4", "∅ → C@5"], ["delete A@2", "add C@5"]],
    ["added, deleted, re-created", ["∅ → A@1", "A@1 → ∅", "∅ → B@3"], ["add B@3"]],
    ["left the selector and came back changed", ["A@1 → ∅ A@2", "∅ → A@3"], ["update A@3 from 1"]],
    ["left the selector and came back as it was", ["A@1 → ∅ A@1", "∅ → A@1"], []],
    ["a resync", ["A@1 → A@1"], ["resync A@1"]],
    ["two resyncs", ["A@1 → A@1", "A@1 → A@1"], ["resync A@1"]],
    ["a resync of a change that waits", ["A@1 → A@2", "A@2 → A@2"], ["update A@2 from 1"]],
    ["a change after a resync", ["A@1 → A@1", "A@1 → A@2"], ["update A@2 from 1"]],
    ["deleted after a resync", ["A@1 → A@1", "A@1 → ∅ A@2"], ["delete A@2"]],
  ])("%s", (_, changes, expected) => {
    expect(merged(...changes)).toEqual(expected);
  });
});

describe("a backlog", () => {
  it("keeps keys in the order in which they first changed, and holds each once", () => {
    const backlog = new Backlog();
    for (const [key, text] of [
      ["x", "∅ → A@1"],
      ["y", "∅ → B@2"],
      ["x", "A@1 → A@3"],
    ] as const) {
      backlog.push({ ...change(text), key });
    }
    expect(backlog.size).toBe(2);
    expect([backlog.shift(), backlog.shift(), backlog.shift()].map((next) => next?.key)).toEqual(["x", "y", undefined]);
  });

  it("tells every key while keys come, go and come back", () => {
    const backlog = new Backlog();
    const told: string[] = [];
    const push = (key: string, text: string): void => backlog.push({ ...change(text), key });
    const take = (): void => {
      const next = backlog.shift();
      if (next !== undefined) told.push(`${next.type} ${next.key}`);
    };
    push("x", "∅ → A@1");
    take();
    take();
    push("y", "∅ → B@2");
    push("z", "∅ → C@3");
    push("y", "B@2 → ∅");
    push("y", "∅ → D@4");
    take();
    push("x", "A@1 → A@5");
    take();
    push("z", "C@3 → C@6");
    take();
    take();
    take();
    expect(told).toEqual(["add x", "add z", "add y", "update x", "update z"]);
    expect(backlog.size).toBe(0);
  });
  it("takes what changes between a deletion and its successor into account", () => {
    const backlog = new Backlog();
    for (const text of ["A@1 → ∅ A@2", "∅ → B@3"]) backlog.push(change(text));
    expect(backlog.shift()).toMatchObject({ type: "delete", entry: { uid: "A" } });
    expect(backlog.size).toBe(1);
    backlog.push(change("B@3 → B@4"));
    expect(taken(backlog)).toMatchObject([{ type: "add", entry: { uid: "B", resourceVersion: "4" } }]);
  });

  it("forgets a successor that goes before it was told", () => {
    const backlog = new Backlog();
    for (const text of ["A@1 → ∅ A@2", "∅ → B@3"]) backlog.push(change(text));
    backlog.shift();
    backlog.push(change("B@3 → ∅ B@4"));
    expect(taken(backlog)).toEqual([]);
    expect(backlog.size).toBe(0);
  });

  it("keeps its row whole when keys leave it at the front, in the middle and at the end", () => {
    for (const leaving of ["x", "y", "z"]) {
      const backlog = new Backlog();
      for (const key of ["x", "y", "z"]) backlog.push({ ...change("∅ → A@1"), key });
      backlog.push({ ...change("A@1 → ∅"), key: leaving });
      backlog.push({ ...change("∅ → B@2"), key: "last" });
      expect(taken(backlog).map(({ key }) => key)).toEqual([...["x", "y", "z"].filter((key) => key !== leaving), "last"]);
    }
  });
});
