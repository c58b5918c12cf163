import { describe, expect, it } from "vitest";
import type { ReconcileContext } from "../reconcile-context.ts";
import { recordingLogger } from "../testing/harness.ts";
import { Pass } from "./pass.ts";
import type { ResourceContext } from "./resource-context.ts";

function pass(type: "update" | "delete" = "update"): Pass<never> {
  return new Pass({ key: "n/a", log: recordingLogger([]) } as unknown as ReconcileContext<never>, type, "echo-7");
}

type Setter = "cancelResource" | "cancelReconciliation" | "keepFinalizers" | "allowUpdate" | "requireUpdate" | "allowDeletion";
const flags: [Setter, keyof ResourceContext][] = [
  ["cancelResource", "isResourceCancelled"],
  ["cancelReconciliation", "isReconciliationCancelled"],
  ["keepFinalizers", "areFinalizersKept"],
  ["allowUpdate", "isUpdateAllowed"],
  ["requireUpdate", "isUpdateRequired"],
  ["allowDeletion", "isDeletionAllowed"],
];

describe("the flow of a pass", () => {
  it.each(flags)("%s sets %s once and for all, and no other flag", (set, query) => {
    const { context } = pass().contextFor("r");
    expect(flags.map(([, name]) => context[name])).toEqual(flags.map(() => false));
    context[set]();
    context[set]();
    expect(flags.filter(([, name]) => context[name] === true).map(([, name]) => name)).toEqual([query]);
  });

  it.each(flags.slice(1))("%s is seen by later resources; cancelling a resource is not", (set, query) => {
    const { contextFor } = { contextFor: ((one) => one.contextFor.bind(one))(pass()) };
    const first = contextFor("1").context;
    first[set]();
    first.cancelResource();
    const second = contextFor("2").context;
    expect(second[query]).toBe(true);
    expect(second.isResourceCancelled).toBe(false);
  });

  it.each(flags.slice(1))("%s throws when the pass has ended", (set, query) => {
    const ending = pass();
    const { context } = ending.contextFor("r");
    ending.end();
    expect(() => context[set]()).toThrow(`${set}: the pass over n/a has ended`);
    expect(context[query]).toBe(false);
  });

  it("cancelResource throws when the resource has ended, and before any resource", () => {
    const one = pass();
    const { context, end } = one.contextFor("r");
    end();
    expect(() => context.cancelResource()).toThrow("cancelResource: no resource runs");
    expect(() => one.contextFor().context.cancelResource()).toThrow("cancelResource: no resource runs");
    context.keepFinalizers();
    expect(one.isUnfinished).toBe(true);
  });

  it("repeat takes the shortest time, refuses what is none, and throws when the pass has ended", () => {
    const one = pass("delete");
    const { context } = one.contextFor("r");
    expect(() => context.repeat({ afterMs: Number.NaN })).toThrow("repeat: afterMs: NaN");
    expect(one.repeatAfterMs).toBeUndefined();
    context.repeat({ afterMs: 5 });
    context.repeat({ afterMs: 0 });
    context.repeat({ afterMs: 9 });
    expect(one.repeatAfterMs).toBe(0);
    expect(one.isUnfinished).toBe(true);
    one.end();
    expect(() => context.repeat({ afterMs: 1 })).toThrow("repeat: the pass over n/a has ended");
  });

  it("says which pass it is", () => {
    expect(pass("delete").contextFor("r").context).toMatchObject({ pass: "delete", cacheKey: "echo-7" });
  });
});
