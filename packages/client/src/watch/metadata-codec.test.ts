import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ObjectEntry } from "@operatorkit/api";
import { Pod } from "../testing/kinds.ts";
import { EntryMaker } from "./entry.ts";
import { MetadataCodec } from "./metadata-codec.ts";
import { objectScan } from "./object-scan.ts";
import { MetadataEntry, RecentEntries, type MetadataPacking } from "./metadata-entry.ts";

function packing(size?: number): MetadataPacking {
  return { codec: new MetadataCodec(), recent: new RecentEntries(size) };
}

function entryFrom(text: string, metadataPacking = packing(), keepManagedFields = false): ObjectEntry {
  const maker = new EntryMaker({ kind: Pod, action: "list Pods", keepManagedFields, freeze: false, metadataPacking });
  const scan = objectScan();
  scan.load(Buffer.from(text));
  const entry = maker.entryAt(scan, scan.start);
  if (entry === undefined) throw new Error("the object is not complete");
  return entry;
}

function expected(text: string): object {
  const { managedFields: _left, ...metadata } = (JSON.parse(text) as { metadata: Record<string, unknown> }).metadata;
  return { apiVersion: "v1", kind: "Pod", metadata };
}

const partial = (metadata: object): string => JSON.stringify({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata });
const like = (number: number, more: object = {}): object => ({
  name: `a-${number}`,
  namespace: "x",
  uid: `uid-of-${number}`,
  resourceVersion: String(number),
  labels: { "app.kubernetes.io/name": `a-${number}`, team: "everyone", where: "x" },
  generation: number % 3,
  ...more,
});

describe("an entry of metadata alone", () => {
  it("gives back what any metadata was, without managedFields, under the kind's own type", () => {
    const blank = fc.constantFrom("", " ", "\n ");
    const text = fc.string({
      unit: fc.constantFrom("a", "b", '"', "\\", "{", ",", ":", "1", "é", "\u0001", "\u007f", "managedFields", "\n"),
    });
    const anything = fc.jsonValue({ maxDepth: 3 });
    const metadata = fc.record(
      { namespace: text, uid: text, resourceVersion: text, labels: fc.dictionary(text, text), managedFields: anything, other: anything },
      { requiredKeys: [] },
    );
    const shared = packing();
    fc.assert(
      fc.property(metadata, text, fc.nat(), blank, anything, (about, name, turn, space, spec) => {
        const all = Object.entries({ ...about, name });
        const turned = Object.fromEntries([...all.slice(turn % all.length), ...all.slice(0, turn % all.length)]);
        const written = JSON.stringify({ apiVersion: "v1", kind: "Pod", spec, metadata: turned }, undefined, space);
        const entry = entryFrom(written, shared);
        const { namespace = "" } = about;
        const key = namespace === "" ? name : `${namespace}/${name}`;
        expect({ key: entry.key, uid: entry.uid, version: entry.resourceVersion }).toEqual({
          key,
          uid: about.uid ?? "",
          version: about.resourceVersion ?? "",
        });
        expect(entry.object).toEqual(expected(written));
      }),
      { numRuns: 500 },
    );
  });

  it("is packed when it is like others: values that repeat, the name and the namespace are kept once", () => {
    const shared = packing();
    const all = Array.from({ length: 2_000 }, (_, number) => partial(like(number, { annotations: { owner: `owner-${number % 7}` } })));
    const entries = all.map((text) => entryFrom(text, shared));
    expect(entries.every((entry) => entry instanceof MetadataEntry)).toBe(true);
    expect(entries.map(({ object }) => object)).toEqual(all.map(expected));
  });

  it("keeps managedFields when asked to", () => {
    const text = partial(like(1, { managedFields: [{ manager: "me", fieldsV1: { "f:spec": {} } }] }));
    expect(entryFrom(text, packing(), true).object).toEqual({
      ...expected(text),
      metadata: (JSON.parse(text) as { metadata: object }).metadata,
    });
  });

  it("is kept as it is when every object has other members", () => {
    const shared = packing();
    const all = Array.from({ length: 1_100 }, (_, number) => partial(like(number, { labels: { [`label-${number}`]: "a" } })));
    const entries = all.map((text) => entryFrom(text, shared));
    expect(entries.at(0)).toBeInstanceOf(MetadataEntry);
    expect(entries.at(-1)).not.toBeInstanceOf(MetadataEntry);
    expect(entries.map(({ object }) => object)).toEqual(all.map(expected));
  });

  it("drops the rest of a whole object, from a server that cannot leave it out", () => {
    const whole = JSON.stringify({ spec: { a: 1 }, metadata: like(1), status: {} });
    expect(entryFrom(whole).object).toEqual(expected(whole));
    const odd = JSON.stringify({ spec: { a: 1 }, metadata: like(1, { annotations: { colour: "blåt" } }), status: {} });
    expect(entryFrom(odd).object).toEqual(expected(odd));
  });

  it("gives the same object when it is read again soon, and an equal one later", () => {
    const shared = packing(2);
    const [first, ...others] = [1, 2, 3].map((number) => entryFrom(partial(like(number)), shared));
    const object = first?.object;
    expect(first?.object).toBe(object);
    for (const other of others) expect(other.object).toBeDefined();
    expect(first?.object).not.toBe(object);
    expect(first?.object).toEqual(object);
  });

  it("is right when more values repeat than are kept once", () => {
    const shared = packing();
    const all = Array.from({ length: 40_000 }, (_, number) => partial(like(number, { annotations: { pair: `value-${number >> 1}` } })));
    const entries = all.map((text) => entryFrom(text, shared));
    for (const index of [0, 1, 32_767, 32_769, 39_999]) expect(entries[index]?.object).toEqual(expected(all[index] ?? ""));
  });
});
