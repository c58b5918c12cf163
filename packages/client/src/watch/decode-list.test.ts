import { describe, expect, it } from "vitest";
import { decodeList } from "./decode-list.ts";

describe("decodeList", () => {
  it("reads items, version, continue token and what remains", () => {
    const list = { kind: "PodList", items: [{ a: 1 }], metadata: { resourceVersion: "5", continue: "next", remainingItemCount: 3 } };
    expect(decodeList(list, "list Pod")).toEqual({ items: [{ a: 1 }], resourceVersion: "5", continue: "next", remainingItemCount: 3 });
  });

  it("reads Go's empty list, which is null, and an empty continue token as none", () => {
    expect(decodeList({ kind: "PodList", items: null, metadata: { resourceVersion: "5", continue: "" } }, "list Pod")).toEqual({
      items: [],
      resourceVersion: "5",
    });
  });

  it.each([
    [null],
    ["text"],
    [{}],
    [{ kind: "Status", status: "Success" }],
    [{ kind: "PodList", metadata: { resourceVersion: "5" } }],
    [{ kind: "PodList", items: {}, metadata: { resourceVersion: "5" } }],
    [{ kind: "PodList", items: [] }],
    [{ kind: "PodList", items: [], metadata: {} }],
    [{ kind: "Pod", items: [], metadata: { resourceVersion: "5" } }],
  ])("believes no list that is %j", (value) => {
    expect(() => decodeList(value, "list Pod")).toThrow(
      expect.objectContaining({ code: "MalformedResponse", message: expect.stringContaining("list Pod: the answer is not a list: ") }),
    );
  });
});
