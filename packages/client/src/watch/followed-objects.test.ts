import type { ObjectEntry } from "@operatorkit/api";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pod } from "../testing/kinds.ts";
import { WatchDecoder } from "./decode-watch.ts";
import { EntryMaker, type EntryMakerOptions } from "./entry.ts";
import { objectScan } from "./object-scan.ts";

// An object that has the shape of one before it is compared with that, instead of being looked at as if it were new.

type Options = Partial<Pick<EntryMakerOptions<never>, "keepManagedFields" | "metadataOnly">>;

function decoder(options: Options = {}): WatchDecoder<never> {
  const entries = new EntryMaker({ kind: Pod, action: "watch Pods", keepManagedFields: false, freeze: false, ...options });
  return new WatchDecoder({ entries: entries as EntryMaker<never>, action: "watch Pods" });
}

const lineOf = (object: string): string => `{"type":"MODIFIED","object":${object}}\n`;

interface Read {
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly object: unknown;
}

function readAll(lines: string, options?: Options): Read[] {
  return decoder(options)
    .push(Buffer.from(lines))
    .map((event) => {
      if (!("entry" in event)) throw new Error(`an unexpected ${event.type}`);
      const { key, uid, resourceVersion, object } = event.entry as ObjectEntry;
      return { key, uid, resourceVersion, object };
    });
}

interface Written {
  readonly apiVersion?: string;
  readonly metadata: { readonly managedFields?: unknown; readonly [name: string]: unknown };
}

function expected(text: string, { keepManagedFields = false, metadataOnly = false }: Options = {}): Read {
  const { metadata, ...rest } = JSON.parse(text) as Written;
  const { managedFields, ...kept } = metadata;
  const all = keepManagedFields && managedFields !== undefined ? metadata : kept;
  const { name, namespace = "", uid = "", resourceVersion = "" } = kept as Record<string, string>;
  const object = { apiVersion: "v1", kind: "Pod", ...(metadataOnly ? {} : rest), metadata: all };
  return { key: namespace === "" ? `${name}` : `${namespace}/${name}`, uid, resourceVersion, object };
}

const MANAGED = [{ manager: "me", operation: "Update", fieldsV1: { "f:spec": { "f:a]": {} } } }];

/** As kube-apiserver writes custom resources: members in the order of the alphabet. `null` for no managedFields. */
function podText(
  number: number,
  {
    managedFields = MANAGED,
    note = `note ${number % 3}`,
    spec = {},
  }: { managedFields?: unknown; note?: string | undefined; spec?: object } = {},
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      annotations: { note },
      creationTimestamp: "2026-01-01T00:00:00Z",
      generation: number,
      labels: { app: `pod-${number}`, team: "everyone" },
      ...(managedFields === null ? {} : { managedFields }),
      name: `pod-${number}`,
      namespace: "shop",
      resourceVersion: String(1000 + number),
      uid: `uid-${number}`,
    },
    spec: { replicas: number % 7, image: "registry.example.com/app:1", on: true, ratio: -1.5e3, ...spec },
  });
}

const some = (count: number, make: (number: number) => string): string[] => Array.from({ length: count }, (_, number) => make(number));

describe("an object with the shape of one before it", () => {
  it("is not looked at as if it were new", () => {
    readAll(some(3, (number) => lineOf(podText(number))).join(""));
    const scan = objectScan();
    const text = podText(9);
    scan.load(Buffer.from(text));
    scan.object(scan.start, true, "object");
    // What is only compared is not moved together.
    expect(scan.textEnd - scan.textStart).toBe(text.length);
    expect(scan.key).toBe("shop/pod-9");
    scan.load(Buffer.from(podText(9, { spec: { other: 1 } })));
    scan.object(scan.start, true, "object");
    expect(scan.textEnd - scan.textStart).toBeLessThan(text.length - JSON.stringify(MANAGED).length + 30);
  });

  it("is read like any other, wherever managedFields are and whatever is in them", () => {
    const order = fc.constantFrom("first", "where it belongs", "last", "missing");
    const managed = fc.oneof(fc.constant(MANAGED), fc.constant([]), fc.array(fc.jsonValue({ maxDepth: 3 })), fc.jsonValue({ maxDepth: 2 }));
    const note = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", '"', "\\", "}", "é", "\u0001", ","), maxLength: 40, size: "max" }),
      fc.constantFrom("", "the same text", "pod-1", "shop"),
    );
    const one = fc.record({ order, managed, note, spec: fc.constantFrom({}, { more: "text" }, { more: 3 }, { list: ["a", 1] }) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 2, maxLength: 8 }), fc.constantFrom({}, { keepManagedFields: true }), (all, options) => {
        const texts = all.map(({ order: place, managed: managedFields, note: text, spec }, number) => {
          if (place === "where it belongs") return podText(number, { managedFields, note: text, spec });
          const pod = JSON.parse(podText(number, { managedFields: null, note: text, spec })) as Written;
          const { metadata } = pod;
          if (place === "first") return JSON.stringify({ ...pod, metadata: { managedFields, ...metadata } });
          if (place === "last") return JSON.stringify({ ...pod, metadata: { ...metadata, managedFields } });
          return JSON.stringify(pod);
        });
        // Twice, so that every shape was seen before.
        for (let time = 0; time < 2; time += 1)
          expect(readAll(texts.map(lineOf).join(""), options)).toEqual(texts.map((text) => expected(text, options)));
      }),
      { numRuns: 300 },
    );
  });

  it("is read as each of its readers wants it, when they take turns", () => {
    const readers: Options[] = [{}, { keepManagedFields: true }, { metadataOnly: true }];
    for (let number = 0; number < 60; number += 1) {
      const options = readers[(number * 7) % 3];
      const text = podText(number, { managedFields: number % 4 === 0 ? null : MANAGED, spec: number % 5 === 0 ? { more: 1 } : {} });
      expect(readAll(lineOf(text), options)).toEqual([expected(text, options)]);
    }
  });

  it("is not taken for metadata of the same shape, nor the other way round", () => {
    const odd = (number: number): string =>
      `{"apiVersion":"v1","kind":"Pod","metadata":{"metadata":{"name":"inner-${number}"},"name":"outer-${number}"},"name":"top-${number}"}`;
    for (let number = 0; number < 12; number += 1) {
      const options = number % 2 === 0 ? {} : { metadataOnly: true };
      expect(readAll(lineOf(odd(number)), options)).toEqual([expected(odd(number), options)]);
    }
  });

  it("is refused when it is not JSON, with one byte changed, lost or added anywhere", () => {
    const bytes = Array.from('{}[]",:\\1e-. \u0001\né');
    const good = podText(5, { managedFields: null });
    const warm = some(4, (number) => lineOf(podText(number, { managedFields: null }))).join("");
    const variants = function* (at: number): Generator<string> {
      const [before, after] = [good.slice(0, at), good.slice(at)];
      yield before + after.slice(1);
      for (const byte of bytes) yield* [before + byte + after, before + byte + after.slice(1)];
    };
    const misread: string[] = [];
    let refused = 0;
    for (let at = 0; at < good.length; at += 1) {
      readAll(warm);
      for (const damaged of variants(at)) {
        const wanted = outcomeOf(() => expected(damaged));
        if (wanted === "refused") refused += 1;
        // Of who it is JSON allows more than Kubernetes does.
        else if (!isPodLike(damaged)) continue;
        if (
          !isDeepStrictEqual(
            outcomeOf(() => readAll(lineOf(damaged)).at(-1)),
            wanted,
          )
        )
          misread.push(damaged);
      }
    }
    expect(misread).toEqual([]);
    expect(refused).toBeGreaterThan(1_000);
  });

  it("is waited for when its end has not come, and never completed with bytes of those before it", () => {
    const text = podText(7);
    const warm = some(4, (number) => lineOf(podText(number)));
    for (let cut = 1; cut < lineOf(text).length; cut += 1) {
      const watch = decoder();
      // What lies in memory behind a piece is what came before it.
      for (const line of warm) watch.push(Buffer.from(line));
      expect(watch.push(Buffer.from(lineOf(text).slice(0, cut)))).toEqual([]);
      const [event] = watch.push(Buffer.from(lineOf(text).slice(cut)));
      if (event === undefined || !("entry" in event)) throw new Error("no event came");
      expect((event.entry as ObjectEntry).object).toEqual(expected(text).object);
    }
  });

  it("may have escapes and letters beyond ASCII in its values, but not in who it is", () => {
    const texts = some(40, (number) => podText(number, { note: ["plain", 'a "quoted" \\ word', "blåt 😀", "tab\t"][number % 4] }));
    expect(readAll(texts.map(lineOf).join(""))).toEqual(texts.map((text) => expected(text)));
    for (const name of ["pod\\u002d6", "pod/6", "", "ü", "x".repeat(800)]) {
      const text = podText(6).replace('"name":"pod-6"', `"name":"${name}"`);
      expect(readAll(lineOf(podText(5)) + lineOf(text)).at(-1)).toEqual(expected(text));
    }
    const long = podText(6)
      .replace("uid-6", "u".repeat(300))
      .replace('"1006"', `"${"1".repeat(300)}"`);
    expect(readAll(lineOf(podText(5)) + lineOf(long)).at(-1)).toEqual(expected(long));
  });

  it("is found in lists too, to the last byte of a piece", () => {
    const texts = some(20, (number) => podText(number));
    const maker = new EntryMaker({ kind: Pod, action: "list Pods", keepManagedFields: false, freeze: false });
    const scan = objectScan();
    for (const text of texts) {
      scan.load(Buffer.from(text));
      const entry = maker.entryAt(scan, scan.start);
      expect(entry?.object).toEqual(expected(text).object);
      expect(maker.end).toBe(scan.end);
    }
  });
});

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return "refused";
  }
}

/** What is damaged is still written as one line, with an identity made of strings. */
function isPodLike(text: string): boolean {
  if (text.includes("\n")) return false;
  const { metadata } = JSON.parse(text) as { metadata?: Record<string, unknown> };
  if (metadata === undefined || typeof metadata["name"] !== "string") return false;
  return ["namespace", "uid", "resourceVersion"].every((name) => typeof (metadata[name] ?? "") === "string");
}
