import { describe, expect, it } from "vitest";
import { changeFacts, decideAdd, decideUpdate, type ChangeFacts, type Decision, type ObjectFacts } from "./opinionated-decision.ts";
import { FakeObjectServer, type Thing } from "./testing/fake-object-server.ts";

const bools = [true, false];

/** `D` deleting, `F` ours, `W` in progress. */
function facts(text: string): ObjectFacts {
  return { isDeleting: text.includes("D"), isOurs: text.includes("F"), isInProgress: text.includes("W") };
}

const allChanges: ChangeFacts[] = bools.flatMap((wasOurs) =>
  bools.flatMap((isSameVersion) =>
    [true, false, undefined].flatMap((isSameGeneration) =>
      bools.map((onlyFinalizersDiffer) => ({ wasOurs, isSameVersion, isSameGeneration, onlyFinalizersDiffer })),
    ),
  ),
);

function updates(object: string, isLive: boolean, changes = allChanges): Set<Decision> {
  return new Set(changes.flatMap((change) => bools.map((tellsResyncs) => decideUpdate(facts(object), change, { isLive, tellsResyncs }))));
}

describe("what an add means", () => {
  it.each<[string, Decision]>([
    ["", "adopt"],
    ["W", "adopt"],
    ["F", "sync"],
    ["FW", "sync"],
    ["D", "ignore"],
    ["DW", "cleanUp"],
    ["DF", "cleanUp"],
    ["DFW", "cleanUp"],
  ])("on %o is %s", (object, decision) => {
    expect(decideAdd(facts(object))).toBe(decision);
  });
});

describe("what an update means", () => {
  it.each<[string, boolean, Decision]>([
    ["D", false, "ignore"],
    ["D", true, "ignore"],
    ["DW", false, "cleanUp"],
    ["DW", true, "cleanUp"],
    ["DF", false, "cleanUp"],
    ["DF", true, "cleanUp"],
    ["DFW", false, "cleanUp"],
    ["DFW", true, "cleanUp"],
    ["", false, "lookAgain"],
    ["W", false, "lookAgain"],
    ["", true, "adopt"],
    ["W", true, "adopt"],
  ])("on %o (read anew: %s) is %s, whatever changed", (object, isLive, decision) => {
    expect(updates(object, isLive)).toEqual(new Set([decision]));
  });

  const same = { isSameVersion: true };
  const changed = { isSameVersion: false };
  const rows: [string, Partial<ChangeFacts>, boolean, Decision][] = [
    ["a resync that is told", same, true, "sync"],
    ["a resync that is not told", same, false, "ignore"],
    ["a change of status or metadata", { ...changed, isSameGeneration: true }, true, "ignore"],
    ["a change of the specification", { ...changed, isSameGeneration: false }, true, "update"],
    [
      "our finalizer, without generations",
      { ...changed, isSameGeneration: undefined, wasOurs: false, onlyFinalizersDiffer: true },
      true,
      "ignore",
    ],
    [
      "our finalizer and more, without generations",
      { ...changed, isSameGeneration: undefined, wasOurs: false, onlyFinalizersDiffer: false },
      true,
      "update",
    ],
    ["anything after our finalizer, without generations", { ...changed, isSameGeneration: undefined, wasOurs: true }, true, "update"],
  ];

  it.each(rows)("on an object of ours: %s", (_, change, tellsResyncs, decision) => {
    const fitting = allChanges.filter((facts) =>
      Object.entries(change).every(([name, value]) => facts[name as keyof ChangeFacts] === value),
    );
    for (const object of ["F", "FW"]) {
      for (const isLive of bools) {
        for (const facts_ of fitting) expect(decideUpdate(facts(object), facts_, { isLive, tellsResyncs })).toBe(decision);
      }
    }
    expect(fitting.length).toBeGreaterThan(0);
  });

  it("is decided by exactly one of these rows, for every change", () => {
    for (const change of allChanges) {
      for (const tells of bools) {
        const fitting = rows.filter(
          ([, of, tellsResyncs]) =>
            (of.isSameVersion === false || tellsResyncs === tells) &&
            Object.entries(of).every(([name, value]) => change[name as keyof ChangeFacts] === value),
        );
        expect({ change, rows: fitting.length }).toEqual({ change, rows: 1 });
      }
    }
  });
});

function object(metadata: Partial<Thing["metadata"]>): Thing {
  return new FakeObjectServer(metadata).object;
}

describe("how two versions differ", () => {
  it("is told by generation where there is one", () => {
    expect(changeFacts(object({ generation: 1 }), object({ generation: 1, resourceVersion: "2" }), false)).toMatchObject({
      isSameVersion: false,
      isSameGeneration: true,
    });
    expect(changeFacts(object({ generation: 1 }), object({ generation: 2 }), true)).toMatchObject({
      wasOurs: true,
      isSameGeneration: false,
    });
    expect(changeFacts(object({}), object({}), false).isSameGeneration).toBeUndefined();
  });

  it("sets finalizers and bookkeeping apart from all else", () => {
    const managedFields = [{ manager: "x" }];
    expect(changeFacts(object({}), object({ finalizers: ["a/b"], resourceVersion: "7", managedFields }), false).onlyFinalizersDiffer).toBe(
      true,
    );
    expect(changeFacts(object({}), object({ finalizers: ["a/b"], labels: { a: "b" } }), false).onlyFinalizersDiffer).toBe(false);
  });
});
