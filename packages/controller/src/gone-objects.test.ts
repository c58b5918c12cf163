import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { GoneObjects } from "./gone-objects.ts";

describe("GoneObjects", () => {
  it("leaves an object alone that the server has said is gone, for 30 s", async () => {
    const clock = new ManualClock();
    const gone = new GoneObjects({ clock });
    gone.note("n/a", "uid-1");
    await clock.advance(10_000);
    expect([gone.waitMs("n/a", "uid-1"), gone.waitMs("n/b", "uid-1")]).toEqual([20_000, undefined]);
    await clock.advance(20_000);
    expect(gone.waitMs("n/a", "uid-1")).toBeUndefined();
  });

  it("does not mean another object of the name, nor one that the copy has learned of", () => {
    const gone = new GoneObjects({ clock: new ManualClock() });
    gone.note("n/a", "uid-1");
    expect([gone.waitMs("n/a", "uid-2"), gone.waitMs("n/a", "uid-1")]).toEqual([undefined, undefined]);
    gone.note("n/a", "uid-2");
    gone.forget("n/a");
    expect(gone.waitMs("n/a", "uid-2")).toBeUndefined();
  });
});
