import { describe, expect, it } from "vitest";
import { ChangeLog, type Change } from "./change-log.ts";

const change = (version: number): Change => ({
  type: "MODIFIED",
  version,
  key: "a",
  current: { namespace: "", name: "a", version, object: {} },
  previous: undefined,
});

describe("ChangeLog", () => {
  it("finds the first change after a version by its position", () => {
    const log = new ChangeLog(10, 1);
    for (const version of [3, 5, 9]) log.append(change(version));
    expect([1, 2, 3, 4, 5, 8, 9, 10].map((version) => log.positionAfter(version))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(log.positionAfter(0)).toBeUndefined();
  });

  it("drops the oldest change when it is full, and says from where on it knows everything", () => {
    const log = new ChangeLog(2, 0);
    for (const version of [1, 2, 3]) log.append(change(version));
    expect(log.at(0)).toBeUndefined();
    expect(log.at(1)?.version).toBe(2);
    expect(log.oldestVersion).toBe(1);
    expect(log.positionAfter(0)).toBeUndefined();
    expect(log.positionAfter(1)).toBe(1);
  });

  it("forgets what is compacted, even when nothing changed at that version", () => {
    const log = new ChangeLog(10, 0);
    for (const version of [1, 2, 7]) log.append(change(version));
    log.compact(5);
    expect(log.oldestVersion).toBe(5);
    expect(log.positionAfter(4)).toBeUndefined();
    expect(log.positionAfter(5)).toBe(2);
    expect(log.at(2)?.version).toBe(7);
  });
});
