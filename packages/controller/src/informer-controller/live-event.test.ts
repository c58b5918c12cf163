import type { ResourceAction } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { mergeLiveEvents, type LiveEvent } from "./live-event.ts";
import { thing } from "./testing/stage.ts";

const source = {};

/** `UPDATE 1→2`, `CREATE 1`, and so on. */
function event(text: string, more: Partial<LiveEvent> = {}): LiveEvent {
  const [action, versions = ""] = text.split(" ") as [ResourceAction, string?];
  const [first, last = first] = versions.split("→") as [string, string?];
  const of = (resourceVersion: string): LiveEvent["object"] => thing("a", { resourceVersion });
  const old = action === "UPDATE" || action === "RESYNC" ? of(first) : undefined;
  return { kind: "things", key: "n/a", action, object: of(last), old, initial: false, finalStateUnknown: false, source, ...more };
}

function textOf(merged: LiveEvent | "nothing" | undefined): string {
  if (merged === undefined) return "both";
  if (merged === "nothing") return "nothing";
  const { action, old, object } = merged;
  const from = action === "UPDATE" ? `${old?.metadata.resourceVersion}→` : "";
  return `${action} ${from}${object.metadata.resourceVersion}`;
}

describe("two events of one object that wait", () => {
  it.each([
    ["CREATE 1", "CREATE 2", "CREATE 2"],
    ["CREATE 1", "UPDATE 1→2", "CREATE 2"],
    ["CREATE 1", "RESYNC 1", "CREATE 1"],
    ["CREATE 1", "DELETE 2", "nothing"],
    ["UPDATE 1→2", "CREATE 3", "both"],
    ["UPDATE 1→2", "UPDATE 2→3", "UPDATE 1→3"],
    ["UPDATE 1→2", "RESYNC 2", "UPDATE 1→2"],
    ["UPDATE 1→2", "DELETE 3", "DELETE 3"],
    ["RESYNC 1", "CREATE 2", "both"],
    ["RESYNC 1", "UPDATE 1→2", "UPDATE 1→2"],
    ["RESYNC 1", "RESYNC 1", "RESYNC 1"],
    ["RESYNC 1", "DELETE 2", "DELETE 2"],
    ["DELETE 1", "CREATE 2", "both"],
    ["DELETE 1", "UPDATE 1→2", "both"],
    ["DELETE 1", "RESYNC 2", "both"],
    ["DELETE 1", "DELETE 2", "DELETE 2"],
  ])("%s and %s are told as %s", (waiting, next, told) => {
    expect(textOf(mergeLiveEvents(event(waiting), event(next)))).toBe(told);
  });

  it("are both told when they are of different uids, or from different informers", () => {
    const other = event("UPDATE 1→2", { object: thing("a", { uid: "B" }) });
    expect(mergeLiveEvents(event("CREATE 1"), other)).toBeUndefined();
    expect(mergeLiveEvents(event("CREATE 1"), event("UPDATE 1→2", { source: {} }))).toBeUndefined();
  });

  it("keep that the object was there at the start", () => {
    expect(mergeLiveEvents(event("CREATE 1", { initial: true }), event("UPDATE 1→2"))).toMatchObject({ initial: true });
  });
});
