import * as fc from "fast-check";
import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { Pod } from "../testing/kinds.ts";
import { EntryMaker, type EntryMakerOptions } from "./entry.ts";
import { ObjectScan, objectScan } from "./object-scan.ts";
import { PackedEntry } from "./packed-entry.ts";
import { packedObject } from "./packed-object.ts";

type Options = Partial<EntryMakerOptions<KubernetesObject>>;

function entryFrom(text: string, options: Options = {}, encoding: BufferEncoding = "utf8"): ObjectEntry {
  const scan = objectScan();
  scan.load(Buffer.from(text, encoding));
  const maker = new EntryMaker({
    kind: Pod,
    action: "list Pods",
    keepManagedFields: false,
    freeze: false,
    ...options,
  });
  const entry = maker.entryAt(scan, scan.start);
  if (entry === undefined) throw new Error("the object is not complete");
  return entry;
}

interface Written {
  readonly metadata: { readonly managedFields?: unknown; readonly [name: string]: unknown };
}

function expected(text: string): object {
  const { metadata, ...rest } = JSON.parse(text) as Written;
  const { managedFields: _left, ...kept } = metadata;
  return { apiVersion: "v1", kind: "Pod", ...rest, metadata: kept };
}

function expectedMetadata(text: string): object {
  const { managedFields: _left, ...metadata } = (JSON.parse(text) as Written).metadata;
  return { apiVersion: "v1", kind: "Pod", metadata };
}

const like = (number: number, more: object = {}): { metadata: object; spec: object } => ({
  metadata: {
    name: `a-${number}`,
    namespace: "x",
    uid: `uid-of-${number}`,
    resourceVersion: String(number),
    labels: { "app.kubernetes.io/name": `a-${number}`, team: "everyone", where: "x" },
    generation: number % 3,
    managedFields: [{ manager: "me", fieldsV1: { "f:spec": {} } }],
    ...more,
  },
  spec: {
    image: `registry.example.com/app:${number % 5}`,
    replicas: number,
    on: number % 2 === 0,
    ports: [1, 2.5e3],
    none: null,
    empty: {},
  },
});

/** What a packed entry weighs besides its key. */
function packedLength(text: string): number {
  const scan = objectScan();
  scan.load(Buffer.from(text));
  scan.object(scan.start, true, "object");
  return scan.pack("object")?.length ?? Number.NaN;
}

describe("PackedEntry", () => {
  const blank = fc.constantFrom("", " ", "\n ");
  const text = fc.string({
    unit: fc.constantFrom("a", "b", '"', "\\", "{", ",", ":", "/", "1", "é", "\u0001", "\u007f", "managedFields", "\n"),
  });
  const anything = fc.jsonValue({ maxDepth: 3 });
  const metadata = fc.record(
    { namespace: text, uid: text, resourceVersion: text, labels: fc.dictionary(text, text), managedFields: anything, other: anything },
    { requiredKeys: [] },
  );
  /** Few enough kinds of text that they come again, so that shapes and values get numbers. */
  const alike = fc.record({
    a: fc.constantFrom("", "1", "some value", "a \\ \u0041", "/"),
    b: fc.constantFrom(0, -1.5e10, true, null, []),
  });

  it("keeps what is the object's own, once objects like it were seen", () => {
    const all = Array.from({ length: 2_000 }, (_, number) => JSON.stringify(like(number)));
    const entries = all.map((object) => entryFrom(object));
    expect(entries.every((entry) => entry instanceof PackedEntry)).toBe(true);
    expect(entries.map(({ object }) => object)).toEqual(all.map(expected));
    expect(all.at(-1)?.length).toBeGreaterThan(350);
    expect(packedLength(all.at(-1) ?? "")).toBeLessThan(60);
  });

  it("gives back what any object was, whether its shape was seen before or not", () => {
    fc.assert(
      fc.property(metadata, text, fc.nat(), blank, anything, alike, (about, name, turn, space, spec, status) => {
        const all = Object.entries({ ...about, name });
        const turned = Object.fromEntries([...all.slice(turn % all.length), ...all.slice(0, turn % all.length)]);
        const written = JSON.stringify({ apiVersion: "v1", kind: "Pod", spec, metadata: turned, status }, undefined, space);
        const { namespace = "" } = about;
        const identity = {
          key: namespace === "" ? name : `${namespace}/${name}`,
          uid: about.uid ?? "",
          resourceVersion: about.resourceVersion ?? "",
        };
        // From the second time on the shape has a number.
        for (let time = 0; time < 3; time += 1) {
          const { key, uid, resourceVersion, object } = entryFrom(written);
          expect({ key, uid, resourceVersion }).toEqual(identity);
          expect(object).toEqual(expected(written));
          expect(entryFrom(written, { metadataOnly: true }).object).toEqual(expectedMetadata(written));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("makes the same objects of a shape that was seen often as JSON.parse does", () => {
    const name = fc.constantFrom("a", "b", "", "0", "17", "__proto__", "constructor", "toString", "length");
    const word = fc.constantFrom("", "x", "seven letters", "-", "1", "true", "repeated value", "another value");
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constantFrom(-0, 1e300, 12_345, 12_345.5));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        word,
        number,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, tree, { maxKeys: 4 }), fc.array(number, { minLength: 3, maxLength: 3 }), (spec, replicas) => {
        for (const count of replicas) {
          const written = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "x", uid: "u" }, spec, count });
          const { object } = entryFrom(written);
          expect(object).toEqual(JSON.parse(written));
          expect(JSON.stringify(object)).toBe(JSON.stringify(JSON.parse(written)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("shares no part with another object", () => {
    const written = JSON.stringify({ ...like(1), spec: { list: [], map: {}, deep: [{ a: [] }] } });
    const [first, second] = [1, 2, 3, 4].map(() => entryFrom(written).object as unknown as { spec: Record<string, object> }).slice(2);
    for (const part of ["list", "map", "deep"]) expect(first?.spec[part]).not.toBe(second?.spec[part]);
    expect(first).toEqual(second);
  });

  it("is right when there are more shapes than are kept, and more values", () => {
    const all = Array.from({ length: 20_000 }, (_, number) =>
      JSON.stringify(like(number, { annotations: { pair: `value-${number >> 1}` }, labels: { [`label-${number >> 2}`]: "a" } })),
    );
    const entries = all.map((object) => entryFrom(object));
    for (const index of [0, 1, 3, 8_191, 8_193, 16_383, 16_385, 16_389, 19_998, 19_999])
      expect(entries[index]?.object).toEqual(expected(all[index] ?? ""));
  });

  it("packs objects with letters beyond ASCII, unless their identity has them", () => {
    const all = Array.from({ length: 10 }, (_, number) =>
      JSON.stringify(like(number, { annotations: { note: `blåt ${number % 2} 😀`, ["ü"]: "é" } })),
    );
    const entries = all.map((object) => entryFrom(object));
    expect(entries.every((entry) => entry instanceof PackedEntry)).toBe(true);
    for (let time = 0; time < 2; time += 1) expect(entries.map(({ object }) => object)).toEqual(all.map(expected));
    const odd = JSON.stringify(like(1, { uid: "ü" }));
    expect(entryFrom(odd)).not.toBeInstanceOf(PackedEntry);
    expect(entryFrom(odd).object).toEqual(expected(odd));
    expect(() => entryFrom(odd, {}, "latin1")).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
    expect(() => entryFrom(all[0] ?? "", {}, "latin1")).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
  });

  it("keeps managedFields when asked to", () => {
    const written = JSON.stringify(like(1));
    expect(entryFrom(written, { keepManagedFields: true }).object).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      ...(JSON.parse(written) as object),
    });
  });

  it("drops the rest of a whole object, from a server that cannot leave it out", () => {
    for (const more of [{}, { annotations: { colour: "blåt" } }]) {
      const whole = JSON.stringify(like(1, more));
      expect(entryFrom(whole, { metadataOnly: true }).object).toEqual(expectedMetadata(whole));
    }
  });

  it("keeps an object that is too large for a shape as it is", () => {
    const written = JSON.stringify({ ...like(7), data: "x".repeat(100_000) });
    for (let time = 0; time < 3; time += 1) expect(entryFrom(written).object).toEqual(expected(written));
  });

  it("is not confused by an object so large that it has a scanner of its own", () => {
    const small = JSON.stringify(like(8));
    const scan = objectScan();
    const entries: ObjectEntry[] = [];
    for (let time = 0; time < 3; time += 1) {
      scan.load(Buffer.from(`${small}${JSON.stringify({ ...like(9), data: "x".repeat(9_000_000) })}`));
      const maker = new EntryMaker({ kind: Pod, action: "list Pods", keepManagedFields: false, freeze: false });
      const first = maker.entryAt(scan, scan.start);
      const second = maker.entryAt(scan, maker.end);
      if (first === undefined || second === undefined) throw new Error("the objects are not complete");
      entries.push(first, second);
    }
    expect(entryFrom(small).object).toEqual(expected(small));
    for (const [index, { object }] of entries.entries()) expect(object.metadata.name).toBe(index % 2 === 0 ? "a-8" : "a-9");
    expect(entries[4]?.object).toEqual(expected(small));
  });

  it("makes its object anew for the first three readings, and keeps it from the fourth on", () => {
    const written = JSON.stringify(like(3));
    const scan = new ObjectScan();
    scan.load(Buffer.from(written));
    scan.object(scan.start, true, "object");
    let reads = 0;
    const read = (packed: string, key: string): never => {
      reads += 1;
      return packedObject(packed, key).value as never;
    };
    const entry: ObjectEntry = new PackedEntry(scan.key, scan.pack("object") ?? "", read);
    expect(reads).toBe(0);
    const passing = [entry.object, entry.object, entry.object];
    for (const object of passing) expect(object).toMatchObject({ metadata: { name: "a-3" }, spec: { replicas: 3 } });
    const kept = entry.object;
    expect(kept).toEqual(passing[0]);
    expect(entry.object).toBe(kept);
    expect(entry.bytes).toBe(JSON.stringify(kept).length);
    expect([entry.key, entry.uid, entry.resourceVersion]).toEqual(["x/a-3", "uid-of-3", "3"]);
    expect(reads).toBe(4);
  });
});
