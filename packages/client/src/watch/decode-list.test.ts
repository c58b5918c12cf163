import type { EntryPage } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { Pod } from "../testing/kinds.ts";
import { decodeList, ListDecoder } from "./decode-list.ts";
import { EntryMaker } from "./entry.ts";

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

describe("ListDecoder", () => {
  const decoder = (): ListDecoder<KubernetesObject> =>
    new ListDecoder({
      action: "list Pods",
      entries: new EntryMaker<KubernetesObject>({ kind: Pod, action: "list Pods", keepManagedFields: false, freeze: true }),
    });
  const pods = [0, 1, 2].map((number) => ({
    metadata: { name: `a-${number}`, namespace: "x", uid: `ü-${number}`, resourceVersion: "7", managedFields: [{}] },
    spec: { text: '"]},{[' },
  }));
  const frame = { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "9", continue: "next" } };
  const read = (text: string, pieceBytes = text.length): EntryPage<KubernetesObject> => {
    const list = decoder();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += pieceBytes) list.push(bytes.subarray(at, at + pieceBytes));
    return list.end();
  };

  it("reads the same list wherever its bytes are cut", () => {
    const text = JSON.stringify({ ...frame, items: pods, after: [1] });
    for (let pieceBytes = 1; pieceBytes < text.length; pieceBytes += 1) {
      const { entries, ...page } = read(text, pieceBytes);
      expect(page).toEqual({ resourceVersion: "9", continue: "next" });
      expect(entries.map(({ key }) => key)).toEqual(["x/a-0", "x/a-1", "x/a-2"]);
      expect(entries[2]?.object.metadata).toEqual({ name: "a-2", namespace: "x", uid: "ü-2", resourceVersion: "7" });
    }
  });

  it.each([
    ["the items first", JSON.stringify({ items: pods, ...frame })],
    ["blanks everywhere", JSON.stringify({ ...frame, items: pods }, undefined, 2)],
    ["a key with an escape", JSON.stringify({ ...frame, items: pods }).replace('"items"', '"it\\u0065ms"')],
  ])("reads a list with %s", (_title, text) => {
    for (const pieceBytes of [1, 7, 100_000]) expect(read(text, pieceBytes).entries).toHaveLength(3);
  });

  it("reads an empty list, and Go's null", () => {
    expect(read(JSON.stringify({ ...frame, items: [] })).entries).toEqual([]);
    expect(read(JSON.stringify({ ...frame, items: null })).entries).toEqual([]);
  });

  it("believes no list that broke off, wherever it did", () => {
    const text = JSON.stringify({ ...frame, items: pods });
    for (let length = 0; length < text.length; length += 1) {
      for (const pieceBytes of [13, 100_000])
        expect(() => read(text.slice(0, length), pieceBytes)).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
    }
  });

  it.each([
    ["an HTML page", "<html>[</html>"],
    ["two lists", `${JSON.stringify({ ...frame, items: [] })}{}`],
    ["items without commas", JSON.stringify({ ...frame, items: pods }).replace('},{"metadata"', '}{"metadata"')],
    ["a comma before the first item", JSON.stringify({ ...frame, items: pods }).replace('"items":[{', '"items":[,{')],
    ["a comma at the end", JSON.stringify({ ...frame, items: pods }).replace("}}]}", "}},]}")],
    ["an item that is none", JSON.stringify({ ...frame, items: [1] })],
    ["an item that is not JSON", JSON.stringify({ ...frame, items: pods }).replace('"uid":', '"uid"')],
  ])("throws for %s", (_title, text) => {
    for (const pieceBytes of [5, 100_000])
      expect(() => read(text, pieceBytes)).toThrow(
        expect.objectContaining({ code: "MalformedResponse", message: expect.stringMatching(/^list Pods: /) }),
      );
  });

  it("throws for what is not UTF-8 around the items", () => {
    const bytes = Buffer.from(JSON.stringify({ ...frame, metadata: { resourceVersion: "é" }, items: [] }), "latin1");
    const list = decoder();
    list.push(bytes);
    expect(() => list.end()).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
  });

  it("refuses what never ends behind the items", () => {
    const list = new ListDecoder({
      action: "list Pods",
      entries: new EntryMaker({ kind: Pod, action: "list Pods", keepManagedFields: false, freeze: true }),
      maxItemBytes: 1_000,
    });
    list.push(Buffer.from('{"items":[],"metadata":{"continue":"'));
    list.push(Buffer.alloc(900, "x"));
    expect(() => list.push(Buffer.alloc(900, "x"))).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
  });

  it("refuses an item that never ends", () => {
    const list = new ListDecoder({
      action: "list Pods",
      entries: new EntryMaker({ kind: Pod, action: "list Pods", keepManagedFields: false, freeze: true }),
      maxItemBytes: 1_000,
    });
    list.push(Buffer.from('{"items":[{"metadata":{"name":"'));
    expect(() => list.push(Buffer.alloc(1_001, "x"))).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
  });
});
