import type { Pod } from "operatorkit/kinds";
import { describe, expect, it } from "vitest";
import { podNews, podNewsText } from "./pod-news.ts";

function pod(uid: string, phase: "Pending" | "Running", resourceVersion: string): Pod {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "a", uid, resourceVersion }, status: { phase } };
}
const pending = pod("1", "Pending", "5");
const running = pod("1", "Running", "6");
const other = pod("2", "Pending", "9");

describe("what is told of a pod", () => {
  it.each<[string, Pod | undefined, Pod | undefined, string[]]>([
    ["it is new", undefined, pending, ["add 5"]],
    ["its phase changed", pending, running, ["update 6"]],
    ["something else changed", running, pod("1", "Running", "7"), []],
    ["it is gone", running, undefined, ["delete 6"]],
    ["it was re-created unseen", running, other, ["delete 6", "add 9"]],
    ["it came and went between two turns", undefined, undefined, []],
  ])("%s", (_, told, now, expected) => {
    expect(podNews(told, now).map(({ type, pod: { metadata } }) => `${type} ${metadata.resourceVersion}`)).toEqual(expected);
  });

  it("is a header and tab-indented lines", () => {
    expect(podNewsText({ type: "add", pod: pending })).toBe("\nFind a Pod add event.\n\tName: a\n\tResource Version: 5");
    expect(podNewsText({ type: "update", old: pending, pod: running })).toBe(
      "\nFind a Pod update event.\n\tName: a\n\tOld Status: Pending\n\tNew Status: Running",
    );
  });
});
