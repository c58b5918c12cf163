import { expect, it } from "vitest";
import type { Change } from "../store/change-log.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { visibleChange } from "./watch-event.ts";

const stored = (version: number, isSeen: boolean): StoredObject => ({ namespace: "", name: "a", version, object: { isSeen } });

const cases = [
  ["ADDED", undefined, true, "ADDED", 2],
  ["ADDED", undefined, false, undefined, undefined],
  ["MODIFIED", true, true, "MODIFIED", 2],
  ["MODIFIED", false, true, "ADDED", 2],
  ["MODIFIED", true, false, "DELETED", 1],
  ["MODIFIED", false, false, undefined, undefined],
  ["DELETED", true, true, "DELETED", 2],
  ["DELETED", false, false, undefined, undefined],
] as const;

it.each(cases)("%s, matched before: %s, matches now: %s → %s with the state of version %s", (type, before, after, expected, state) => {
  const change: Change = {
    type,
    version: 2,
    key: "a",
    current: stored(2, after),
    previous: before === undefined ? undefined : stored(1, before),
  };
  const visible = visibleChange(change, ({ object }) => object["isSeen"] === true);
  expect(visible?.type).toBe(expected);
  expect(visible?.stored.version).toBe(state);
  expect(visible?.version).toBe(expected === undefined ? undefined : 2);
});
