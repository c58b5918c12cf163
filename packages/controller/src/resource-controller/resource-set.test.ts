import { describe, expect, it } from "vitest";
import { echo } from "../testing/harness.ts";
import { isTooManyResourceSets, routeObject, TooManyResourceSetsError } from "./resource-set.ts";

describe("routeObject", () => {
  const set = (name: string, isFor: boolean) => ({ name, handles: () => isFor });

  it.each<[string, boolean[], string | undefined]>([
    ["none", [false, false], undefined],
    ["the first", [true, false], "0"],
    ["the last", [false, true], "1"],
  ])("finds the one set that handles the object: %s", (_what, flags, expected) => {
    const sets = flags.map((isFor, i) => set(`${i}`, isFor));
    expect(routeObject(sets, echo("a"))?.name).toBe(expected);
  });

  it("throws when several do, and names them", () => {
    const route = (): unknown => routeObject([set("v1", true), set("x", false), set("v2", true)], echo("a"));
    expect(route).toThrow("reconcile Echo n/a: the resource sets v1 and v2 all handle it");
    expect([new TooManyResourceSetsError("m", ["v1", "v2"]), new Error("another")].map(isTooManyResourceSets)).toEqual([true, false]);
  });
});
