import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { OwnWrites } from "./own-writes.ts";

function setUp(): { clock: ManualClock; writes: OwnWrites; view: { version: string | undefined } } {
  const clock = new ManualClock();
  return { clock, writes: new OwnWrites({ clock }), view: { version: "100" } };
}

describe("OwnWrites", () => {
  it("makes a key wait until the copy shows what it wrote", () => {
    const { writes, view } = setUp();
    writes.note("a", view, "105");
    writes.note("a", view, "103");
    expect(writes.waitMs("a")).toBe(300_000);
    expect(writes.waitMs("b")).toBeUndefined();
    writes.park("a");
    view.version = "104";
    expect(writes.released()).toEqual([]);
    view.version = "105";
    expect(writes.released()).toEqual(["a"]);
    expect([writes.waitMs("a"), writes.released()]).toEqual([undefined, []]);
  });

  it("makes it wait for all copies, for as long as the last write says", async () => {
    const { clock, writes, view } = setUp();
    const other = { version: "100" };
    writes.note("a", view, "105");
    await clock.advance(1000);
    writes.note("a", other, "106");
    expect(writes.waitMs("a")).toBe(300_000);
    writes.note("b", other, "107");
    writes.note("b", view, "108");
    await clock.advance(1000);
    writes.note("b", other, "109");
    expect([writes.waitMs("a"), writes.waitMs("b")]).toEqual([299_000, 300_000]);
    view.version = "108";
    other.version = "106";
    expect([writes.waitMs("a"), writes.waitMs("b")]).toEqual([undefined, 300_000]);
  });

  it("does not release a key that has its turn already", () => {
    const { writes, view } = setUp();
    writes.note("a", view, "105");
    writes.park("a");
    writes.unpark("a");
    view.version = "105";
    expect(writes.released()).toEqual([]);
  });

  it("waits for every copy that was written through", () => {
    const { writes, view } = setUp();
    const other = { version: "7" };
    writes.note("a", view, "101");
    writes.note("a", other, "8");
    view.version = "101";
    expect(writes.waitMs("a")).toBe(300_000);
    other.version = "8";
    expect(writes.waitMs("a")).toBeUndefined();
  });

  it("does not wait for what is shown already, or cannot be compared", () => {
    const { writes, view } = setUp();
    writes.note("a", view, "99");
    writes.note("a", view, undefined);
    writes.note("a", view, "not-a-number");
    writes.note("a", { version: undefined }, "200");
    expect(writes.waitMs("a")).toBeUndefined();
  });

  it("does not wait for a copy that went back: the server was restored", () => {
    const { writes, view } = setUp();
    writes.note("a", view, "105");
    view.version = "60";
    expect(writes.waitMs("a")).toBeUndefined();
  });

  it("loses patience after 5 minutes", async () => {
    const { clock, writes, view } = setUp();
    writes.note("a", view, "101");
    writes.park("a");
    await clock.advance(299_999);
    expect(writes.waitMs("a")).toBe(1);
    await clock.advance(1);
    expect(writes.released()).toEqual(["a"]);
  });

  it("forgets keys of objects that are gone", () => {
    const { writes, view } = setUp();
    writes.note("a", view, "101");
    writes.park("a");
    writes.forget("a");
    expect([writes.waitMs("a"), writes.released()]).toEqual([undefined, []]);
  });
});
