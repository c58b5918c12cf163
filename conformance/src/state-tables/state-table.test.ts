import { describe, expect, it } from "vitest";
import { startOurTarget } from "../our-target.ts";
import { Results } from "../results.ts";
import { informerControllerTable } from "./informer-controller-table.ts";
import { opinionatedWatcherTable } from "./opinionated-watcher-table.ts";
import { resourceControllerTable } from "./resource-controller-table.ts";
import type { Stage } from "./stage.ts";
import { IMPOSSIBLE, stateTableSuite } from "./state-table.ts";
import { Told } from "./told.ts";

const { signal } = new AbortController();

class PretendedStage implements Stage {
  static open = 0;
  readonly told = new Told();

  constructor() {
    PretendedStage.open += 1;
  }

  hear(word: string): Promise<void> {
    return Promise.resolve(this.told.hear("h", word, signal));
  }

  async settle(): Promise<void> {}

  async finish(): Promise<string> {
    return "gone";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    PretendedStage.open -= 1;
  }
}

describe("a state table", () => {
  it("is played cell by cell: what comes out otherwise fails, also on the way into the state, and leaves no stage open", async () => {
    const suite = stateTableSuite({
      name: "pretended",
      kinds: [],
      states: {
        quiet: { told: "", arrange: async () => {} },
        arrangedOtherwise: { told: "h.one", arrange: (stage: PretendedStage) => stage.hear("two") },
      },
      events: { nothing: async () => {}, called: (stage: PretendedStage) => stage.hear("called") },
      table: {
        quiet: { nothing: "h.called / gone", called: "h.called / gone" },
        arrangedOtherwise: { nothing: "nothing / gone", called: IMPOSSIBLE },
      },
      open: () => new PretendedStage(),
    });
    await using target = await startOurTarget();
    const results = new Results({ knownDifferences: {} });
    await suite.run(target, results.reportFor("ours", suite.name), { signal, isFull: false, isWanted: () => true });
    const found = results.all.map(({ check, outcome, detail = "" }) => [check, [outcome, detail.split("\nat ")[0]]]);
    expect(Object.fromEntries(found)).toEqual({
      "arranged-otherwise-then-nothing": ["failed", "on the way into the state: expected: h.one\nactual:   h.two"],
      "quiet-then-called": ["passed", ""],
      "quiet-then-nothing": ["failed", "expected: h.called / gone\nactual:   nothing / gone"],
    });
    expect(PretendedStage.open).toBe(0);
  });

  it.each<[string, Readonly<Record<string, Readonly<Record<string, string>>>>, readonly string[]]>([
    ["OpinionatedWatcher", opinionatedWatcherTable, []],
    ["InformerController", informerControllerTable, ["unknown", "deleteRuns", "deleteWaitsForRetry", "deleted"]],
    ["ResourceController", resourceControllerTable, ["absent"]],
  ])("of %s has nothing impossible but to create what is there, and to change what is not", (_name, table, withoutObject) => {
    const rows = Object.entries(table).map(
      ([state, row]) => [state, Object.keys(row).filter((event) => row[event] === IMPOSSIBLE)] as const,
    );
    const changes = rows.find(([state]) => withoutObject.includes(state))?.[1] ?? [];
    const isCreatable = rows.length > 0 && withoutObject.length > 0;
    const expected = rows.map(([state]) => [state, withoutObject.includes(state) ? changes : isCreatable ? ["created"] : []]);
    expect(rows).toEqual(expected);
    expect(changes).not.toContain("created");
  });
});
