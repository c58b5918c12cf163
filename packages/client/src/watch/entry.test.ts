import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf, type ObjectEntry } from "@operatorkit/api";
import { Pod } from "../testing/kinds.ts";
import { EntryMaker } from "./entry.ts";
import { objectScan } from "./object-scan.ts";
import { StringTable } from "./string-table.ts";

const type = { apiVersion: "v1", kind: "Pod" };
const pod = { ...type, metadata: { name: "a", namespace: "x", uid: "u", resourceVersion: "7" }, spec: { a: 1 } };

function makerWith({ keepManagedFields = false, strings }: { keepManagedFields?: boolean; strings?: StringTable } = {}): EntryMaker<never> {
  const maker = new EntryMaker({ kind: Pod, action: "list Pods", keepManagedFields, freeze: false, ...(strings ? { strings } : {}) });
  return maker as unknown as EntryMaker<never>;
}

function entryAt(bytes: Uint8Array, options?: Parameters<typeof makerWith>[0]): ObjectEntry | undefined {
  const scan = objectScan();
  scan.load(bytes);
  return makerWith(options).entryAt(scan, scan.start);
}

function entryFrom(text: string, options?: Parameters<typeof makerWith>[0]): ObjectEntry {
  const entry = entryAt(Buffer.from(text), options);
  if (entry === undefined) throw new Error("the object is not complete");
  return entry;
}

/** What the bytes say, in the slow way. */
function expected(text: string): ObjectEntry {
  const { metadata, ...rest } = JSON.parse(text) as typeof pod & { metadata: { managedFields?: unknown } };
  const { managedFields: _left, ...kept } = metadata;
  return entryOf({ ...type, ...rest, metadata: kept });
}

const plain = ({ key, uid, resourceVersion, object }: ObjectEntry): object => ({ key, uid, resourceVersion, object });

describe("EntryMaker.entryAt", () => {
  it.each([150, 250, 9_900])("makes an entry of an object that is %i levels deep, wherever its bytes end", (depth) => {
    const deep = `${'{"a\\"]]]]":['.repeat(depth / 2)}"]}"${"]}".repeat(depth / 2)}`;
    const text = JSON.stringify({ ...pod, metadata: { ...pod.metadata, managedFields: [] } }).replace('"spec":{"a":1}', `"spec":${deep}`);
    expect(entryAt(Buffer.from(text.slice(0, -3)))).toBeUndefined();
    const { key, uid, object } = entryFrom(`${text},{}`);
    let part: unknown = (object as unknown as typeof pod).spec;
    let levels = 0;
    for (; typeof part === "object" && part !== null; part = Object.values(part)[0]) levels += 1;
    expect([key, uid, levels, part]).toEqual(["x/a", "u", depth, "]}"]);
    expect(() => entryFrom(text.replace('"]}"', "nonsense"))).toThrow(expect.objectContaining({ code: "MalformedResponse" }));
  });

  it("makes of any object what JSON.parse makes of it, without managedFields", () => {
    const blank = fc.constantFrom("", " ", "\n ");
    const text = fc.string({ unit: fc.constantFrom("a", "b", '"', "\\", "{", "}", "[", "é", "😀", "managedFields", "\n") });
    const anything = fc.jsonValue({ maxDepth: 3 });
    const metadata = fc.record(
      { namespace: text, uid: text, resourceVersion: text, labels: fc.dictionary(text, text), managedFields: anything, other: anything },
      { requiredKeys: [] },
    );
    const members = fc.record({ spec: anything, managedFields: anything, template: fc.record({ metadata }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(members, metadata, text, fc.nat(), blank, (object, about, name, turn, space) => {
        const turned = (record: object): object => {
          const all = Object.entries(record);
          return Object.fromEntries([...all.slice(turn % (all.length + 1)), ...all.slice(0, turn % (all.length + 1))]);
        };
        const written = JSON.stringify(turned({ ...object, metadata: turned({ ...about, name }) }), undefined, space);
        expect(plain(entryFrom(written))).toEqual(plain(expected(written)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["first", '{"metadata":{"managedFields":[{"a":"]}"}],"name":"a"}}'],
    ["last", '{"metadata":{"name":"a","managedFields":[]}}'],
    ["in the middle", '{"metadata":{"name":"a" , "managedFields" : [1] , "uid":"u"}}'],
    ["behind the identity", '{"metadata":{"name":"a","uid":"u","resourceVersion":"7","managedFields":{},"namespace":"x"}}'],
    ["before the identity", '{"metadata":{"managedFields":null,"namespace":"x","name":"a","uid":"u","resourceVersion":"7"}}'],
    ["twice", '{"metadata":{"managedFields":1,"name":"a","managedFields":2}}'],
    ["with an escape", '{"metadata":{"name":"a","m\\u0061nagedFields":[1]}}'],
    ["elsewhere only", '{"managedFields":1,"metadata":{"name":"a"},"spec":{"metadata":{"managedFields":[2]}}}'],
  ])("cuts managedFields that stand %s", (_title, text) => {
    expect(plain(entryFrom(text))).toEqual(plain(expected(text)));
  });

  it.each([
    ["two names", '{"metadata":{"name":"a","name":"b"}}'],
    ["metadata twice", '{"metadata":{"name":"a"},"metadata":{"name":"b"}}'],
    ["an escaped name", '{"metadata":{"name":"\\u0061/b","uid":"u"}}'],
    ["an escaped key", '{"meta\\u0064ata":{"name":"a"}}'],
    ["letters beyond ASCII", '{"metadata":{"name":"a","uid":"ü","labels":{"a":"é😀"}}}'],
    ["no uid and no version", '{"metadata":{"name":"a"}}'],
    ["a very long uid", JSON.stringify({ metadata: { name: "a", uid: "u".repeat(300) } })],
    ["a key of prototypes", '{"metadata":{"name":"a"},"spec":{"__proto__":{"a":1}}}'],
  ])("reads an object with %s like JSON.parse", (_title, text) => {
    expect(plain(entryFrom(text))).toEqual(plain(expected(text)));
  });

  it("keeps managedFields when asked to", () => {
    expect(entryFrom('{"metadata":{"managedFields":[1],"name":"a"}}', { keepManagedFields: true }).object.metadata).toEqual({
      managedFields: [1],
      name: "a",
    });
  });

  it("tells who an object is before and after it was parsed", () => {
    const entry = entryFrom(JSON.stringify(pod));
    const identity = { key: entry.key, uid: entry.uid, resourceVersion: entry.resourceVersion };
    expect(identity).toEqual({ key: "x/a", uid: "u", resourceVersion: "7" });
    expect(entry.object).toEqual(pod);
    expect({ key: entry.key, uid: entry.uid, resourceVersion: entry.resourceVersion }).toEqual(identity);
  });

  it("waits for more when the object does not end, and throws for what is no object", () => {
    const bytes = Buffer.from(JSON.stringify(pod));
    for (let end = 0; end < bytes.length; end += 1) expect(entryAt(bytes.subarray(0, end))).toBeUndefined();
    for (const text of [
      "[]",
      '"a"',
      "null",
      "{}",
      '{"metadata":[]}',
      '{"metadata":{}}',
      '{"metadata":{"name":1}}',
      "{]",
      '{"metadata":{"name":"a";}}',
    ])
      expect(() => entryFrom(`${text} `)).toThrow(
        expect.objectContaining({ code: "MalformedResponse", message: expect.stringMatching(/^list Pods: /) }),
      );
  });
});

describe("StringTable", () => {
  it("makes equal strings one, and stays bounded", () => {
    const strings = new StringTable(2);
    // Not made by literals, which are one string anyway; what can be seen of it is which strings are remembered.
    const first = strings.of("registry.example.com/a");
    expect(strings.of(["registry.example.com", "a"].join("/"))).toBe(first);
    for (let index = 0; index < 10_000; index += 1) strings.of(`filler ${index}`);
    expect(strings.of("registry.example.com/a")).toBe(first);
  });

  it("stops looking where values never repeat, and goes on where they do", () => {
    const strings = new StringTable(100);
    for (let index = 0; index < 1_000; index += 1) strings.shareWithin({ uid: `unique-value-${index}`, image: "registry.example.com/b" });
    const looked = new Set<string>();
    const recording = new Proxy(
      {},
      {
        ownKeys: () => ["uid", "image"],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
        get: (_target, key) => (key === "uid" ? "unique-value-999" : "registry.example.com/b"),
        set: (_target, key) => {
          looked.add(String(key));
          return true;
        },
      },
    );
    strings.shareWithin(recording);
    expect([...looked]).toEqual(["image"]);
  });

  it("changes no value of an object", () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), (value) => {
        const before = structuredClone(value);
        new StringTable().shareWithin(value);
        expect(value).toEqual(before);
      }),
    );
  });
});
