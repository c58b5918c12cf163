import { describe, expect, it } from "vitest";
import type { MarkFacts } from "./finalizer-marks.ts";
import { changeFacts, decideAdd, decideUpdate, type ChangeFacts, type Circumstances, type Decision } from "./opinionated-decision.ts";
import { FakeObjectServer } from "./testing/fake-object-server.ts";
import { type Thing } from "./testing/thing.ts";

const bools = [true, false];

/** `D` deleting, `F` ours, `W` in progress. */
function facts(text: string): MarkFacts {
  return { isDeleting: text.includes("D"), isOurs: text.includes("F"), isInProgress: text.includes("W") };
}

const allChanges: ChangeFacts[] = bools.flatMap((isMarkLost) =>
  bools.flatMap((isSameVersion) =>
    [true, false, undefined].flatMap((isSameGeneration) =>
      bools.map((onlyFinalizersDiffer) => ({ isMarkLost, isSameVersion, isSameGeneration, onlyFinalizersDiffer })),
    ),
  ),
);
const allCircumstances: Circumstances[] = bools.flatMap((isLive) =>
  bools.flatMap((isBeingAdded) => bools.map((tellsResyncs) => ({ isLive, isBeingAdded, tellsResyncs }))),
);

/** Those of `all` of which `of` is true. */
function fitting<T extends object>(all: readonly T[], of: Partial<T>): T[] {
  return all.filter((one) => Object.entries(of).every(([name, value]) => one[name as keyof T] === value));
}

function decisions(object: string, change: Partial<ChangeFacts>, circumstances: Partial<Circumstances>): Set<Decision> {
  const changes = fitting(allChanges, change);
  return new Set(
    fitting(allCircumstances, circumstances).flatMap((at) => changes.map((facts_) => decideUpdate(facts(object), facts_, at))),
  );
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

/** A row of the table: which objects, which changes, in which circumstances, and what follows. */
type Row = [string, readonly string[], Partial<ChangeFacts>, Partial<Circumstances>, Decision];

const all = ["", "W", "F", "FW", "D", "DW", "DF", "DFW"] as const;
const ours = ["F", "FW"] as const;
const others = ["", "W"] as const;
const unspecific: readonly [string, Partial<ChangeFacts>][] = [
  ["of the same generation", { isSameGeneration: true }],
  ["of finalizers alone, without generations", { isSameGeneration: undefined, onlyFinalizersDiffer: true }],
];
const specific: readonly [string, Partial<ChangeFacts>][] = [
  ["of another generation", { isSameGeneration: false }],
  ["of more than finalizers, without generations", { isSameGeneration: undefined, onlyFinalizersDiffer: false }],
];
const told = { isLive: false };

const rows: readonly Row[] = [
  ["a deletion that is not ours", ["D"], {}, {}, "ignore"],
  ["a deletion that is ours or in progress", ["DW", "DF", "DFW"], {}, {}, "cleanUp"],
  ["any change, read anew, of one that is not ours", others, {}, { isLive: true }, "adopt"],
  ["any change of one that is not ours and not being added", others, {}, { ...told, isBeingAdded: false }, "lookAgain"],
  ["a resync of one that is being added", others, { isSameVersion: true }, { ...told, isBeingAdded: true }, "lookAgain"],
  ...specific.map(([what, change]): Row => [
    `a change ${what} of one that is being added`,
    others,
    { ...change, isSameVersion: false },
    { ...told, isBeingAdded: true },
    "lookAgain",
  ]),
  ...unspecific.flatMap(([what, change]): Row[] => [
    [
      `a change ${what} that lost a mark, of one that is being added`,
      others,
      { ...change, isSameVersion: false, isMarkLost: true },
      { ...told, isBeingAdded: true },
      "lookAgain",
    ],
    [
      `a change ${what} of one that is being added`,
      others,
      { ...change, isSameVersion: false, isMarkLost: false },
      { ...told, isBeingAdded: true },
      "ignore",
    ],
    [`a change ${what} of one of ours`, ours, { ...change, isSameVersion: false }, {}, "ignore"],
  ]),
  ["a resync that is told, of one of ours", ours, { isSameVersion: true }, { tellsResyncs: true }, "sync"],
  ["a resync that is not told, of one of ours", ours, { isSameVersion: true }, { tellsResyncs: false }, "ignore"],
  ...specific.map(([what, change]): Row => [`a change ${what} of one of ours`, ours, { ...change, isSameVersion: false }, {}, "update"]),
];

describe("what an update means", () => {
  it.each(rows)("%s (on %j)", (_, objects, change, circumstances, decision) => {
    for (const object of objects) expect(decisions(object, change, circumstances)).toEqual(new Set([decision]));
  });

  it("is decided by exactly one of these rows, for every object, change and circumstance", () => {
    for (const object of all) {
      for (const change of allChanges) {
        for (const circumstances of allCircumstances) {
          const deciding = rows.filter(
            ([, objects, of, at]) =>
              objects.includes(object) && fitting([change], of).length === 1 && fitting([circumstances], at).length === 1,
          );
          expect({ object, change, circumstances, rows: deciding.length }).toEqual({ object, change, circumstances, rows: 1 });
        }
      }
    }
  });
});

function object(metadata: Partial<Thing["metadata"]>): Thing {
  return new FakeObjectServer(metadata).object;
}

/** `example.com/ours` is ours. */
const factsOf = ({ metadata: { finalizers = [] } }: { readonly metadata: { readonly finalizers?: readonly string[] } }): MarkFacts => ({
  isDeleting: false,
  isOurs: finalizers.includes("example.com/ours"),
  isInProgress: finalizers.includes("example.com/wip"),
});

describe("how two versions differ", () => {
  it("is told by generation where there is one", () => {
    expect(changeFacts(object({ generation: 1 }), object({ generation: 1, resourceVersion: "2" }), factsOf)).toMatchObject({
      isSameVersion: false,
      isSameGeneration: true,
    });
    expect(changeFacts(object({ generation: 1 }), object({ generation: 2 }), factsOf).isSameGeneration).toBe(false);
    expect(changeFacts(object({}), object({}), factsOf).isSameGeneration).toBeUndefined();
  });

  it("sets finalizers and bookkeeping apart from all else", () => {
    const managedFields = [{ manager: "x" }];
    const differ = (metadata: Partial<Thing["metadata"]>): boolean =>
      changeFacts(object({}), object(metadata), factsOf).onlyFinalizersDiffer;
    expect(differ({ finalizers: ["a/b"], resourceVersion: "7", managedFields })).toBe(true);
    expect(differ({ finalizers: ["a/b"], labels: { a: "b" } })).toBe(false);
  });

  it.each<[string[], string[], boolean]>([
    [[], ["example.com/wip"], false],
    [["example.com/wip"], ["example.com/ours"], false],
    [["example.com/ours", "example.com/wip"], ["example.com/ours"], false],
    [["example.com/wip"], [], true],
    [["example.com/ours"], [], true],
    [["example.com/ours"], ["example.com/wip"], true],
    [["other.com/x"], [], false],
  ])("from %j to %j loses a mark: %s", (before, after, isMarkLost) => {
    expect(changeFacts(object({ finalizers: before }), object({ finalizers: after }), factsOf).isMarkLost).toBe(isMarkLost);
  });
});
