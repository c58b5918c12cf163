import { describe, expect, it } from "vitest";
import { FinalizerMarks, type FinalizerMarksOptions } from "./finalizer-marks.ts";
import { FakeObjectServer } from "./testing/fake-object-server.ts";
import { Thing } from "./testing/thing.ts";

const NAMES: Readonly<Record<string, string>> = { F: "example.com/test", W: "example.com/test-wip", L: "old.com/test", x: "other.com/x" };
const signal = new AbortController().signal;

function marksOn(server: FakeObjectServer, options: Partial<FinalizerMarksOptions<Thing>> = {}): FinalizerMarks<Thing> {
  return new FinalizerMarks("Test", { kind: Thing, client: server, name: "test", legacyFinalizers: ["old.com/test"], ...options });
}

function thing(letters: string, metadata: Partial<Thing["metadata"]> = {}): Thing {
  return new FakeObjectServer({ finalizers: letters.split("").map((letter) => NAMES[letter] ?? letter), ...metadata }).object;
}

describe("what is our own write", () => {
  const marks = marksOn(new FakeObjectServer());

  it.each([
    ["", "W", true],
    ["", "F", true],
    ["x", "xW", true],
    ["W", "F", true],
    ["FW", "F", true],
    ["L", "F", false],
    ["F", "", false],
    ["W", "", false],
    ["F", "W", false],
    ["", "x", false],
    ["F", "Fx", false],
    ["", "", false],
  ])("from %o to %o: %s", (before, after, isOurs) => {
    expect(marks.isOwnWrite(thing(before), thing(after, { resourceVersion: "2" }))).toBe(isOurs);
  });

  it("is none that changed anything else, too, nor one that came with the deletion, nor a resync", () => {
    expect(marks.isOwnWrite(thing(""), thing("W", { resourceVersion: "2", labels: { a: "b" } }))).toBe(false);
    expect(marks.isOwnWrite(thing("W"), thing("F", { resourceVersion: "2", deletionTimestamp: "2026-01-01T00:00:00Z" }))).toBe(false);
    expect(marks.isOwnWrite(thing("W"), thing("F"))).toBe(false);
    const deletionTimestamp = "2026-01-01T00:00:00Z";
    expect(marks.isOwnWrite(thing("FW", { deletionTimestamp }), thing("F", { deletionTimestamp, resourceVersion: "2" }))).toBe(false);
  });
});

describe("marks", () => {
  it("go from in progress to ours, and are all taken off at the end, the old ones too", async () => {
    const server = new FakeObjectServer({ finalizers: ["other.com/x", "old.com/gone"] });
    const marks = marksOn(server, { legacyFinalizers: ["old.com/gone2", "old.com/gone3"] });
    const begun = await marks.begin(server.object, signal);
    expect(begun?.metadata.finalizers).toEqual(["other.com/x", "old.com/gone", NAMES["W"]]);
    await marks.finish(begun ?? server.object, signal);
    expect(server.finalizers).toEqual(["other.com/x", "old.com/gone", NAMES["F"]]);
    server.edit({ finalizers: [...(server.finalizers ?? []), "old.com/gone3", NAMES["W"] ?? ""] });
    await marks.tidy(server.object, signal);
    expect(server.finalizers).toEqual(["other.com/x", "old.com/gone", NAMES["F"], "old.com/gone3"]);
    await marks.release(server.object, signal);
    expect(server.finalizers).toEqual(["other.com/x", "old.com/gone"]);
  });

  it("are not begun on an object that bears an old one of ours", async () => {
    const server = new FakeObjectServer({ finalizers: ["old.com/test"] });
    expect(await marksOn(server).begin(server.object, signal)).toBe(server.object);
    expect(server.requests).toEqual([]);
  });

  it("have nothing to tidy where there is none in progress", async () => {
    const server = new FakeObjectServer({ finalizers: ["example.com/test", "false"] });
    expect(await marksOn(server, { inProgressFinalizer: false }).tidy(server.object, signal)).toBe(server.object);
    expect(server.requests).toEqual([]);
  });

  it.each<[Partial<FinalizerMarksOptions<Thing>>, string]>([
    [{ legacyFinalizers: [""] }, 'legacyFinalizers[0]: "" must be a string, and not empty'],
    [{ legacyFinalizers: "old.com/test" as never }, 'legacyFinalizers: "old.com/test" must be a list'],
    [{ finalizerOptions: { maxTries: 0 } }, "finalizerOptions.maxTries: 0 must be a number, 1 or more"],
    [{ client: {} as never }, "client: an object must be a client, with get, patch"],
  ])("refuse what cannot work: %o", (options, message) => {
    expect(() => marksOn(new FakeObjectServer(), options)).toThrow(message);
  });
});
