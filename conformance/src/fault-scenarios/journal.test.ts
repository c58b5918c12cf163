import { describe, expect, it } from "vitest";
import { Journal } from "./journal.ts";
import type { Seen } from "./subject.ts";

const b = (version: string, uid = "u1"): Seen => ({ name: "b", uid, version });

describe("Journal", () => {
  it.each<[string, (journal: Journal) => void, readonly string[]]>([
    ["an ordinary life", (j) => [j.added(b("1")), j.updated(b("2")), j.deleted(b("3"))], []],
    ["a re-creation told as a deletion and an addition", (j) => [j.added(b("1")), j.deleted(b("2")), j.added(b("3", "u2"))], []],
    [
      "a re-creation told as an update",
      (j) => [j.added(b("1")), j.updated(b("3", "u2"))],
      ["another uid told as an update: b at version 3"],
    ],
    [
      "a re-creation told as an addition alone",
      (j) => [j.added(b("1")), j.added(b("3", "u2"))],
      ["re-created without a deletion: b at version 3"],
    ],
    ["an older version", (j) => [j.added(b("9")), j.updated(b("10")), j.updated(b("9"))], ["went back from version 10: b at version 9"]],
    [
      "a deletion told twice",
      (j) => [j.added(b("1")), j.deleted(b("2")), j.deleted(b("2"))],
      ["a deletion told twice: b at version 2", "a deletion of what was not told: b at version 2"],
    ],
    ["a state told twice", (j) => [j.added(b("1")), j.updated(b("1"))], ["told twice: b at version 1"]],
    [
      "an object told after its deletion",
      (j) => [j.added(b("1")), j.deleted(b("3")), j.updated(b("2"))],
      ["told after its deletion: b at version 2"],
    ],
  ])("judges %s", (_what, tell, problems) => {
    const journal = new Journal({ tellsOnce: true });
    tell(journal);
    expect(journal.problems).toEqual(problems);
  });

  it("lets an object come back that had left the selector, but not in an older version", () => {
    const journal = new Journal({ mayReturn: true });
    journal.added(b("5"));
    journal.deleted(b("6"));
    journal.added(b("7"));
    journal.deleted(b("8"));
    journal.added(b("4"));
    expect(journal.problems).toEqual(["went back from version 7: b at version 4"]);
  });

  it("lets what is told go back where the server itself did", () => {
    const journal = new Journal({ mayGoBack: true });
    journal.added(b("10"));
    journal.updated(b("9"));
    expect([journal.problems, journal.live.get("b")?.version]).toEqual([[], "9"]);
  });
});
