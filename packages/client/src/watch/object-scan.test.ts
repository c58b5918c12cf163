import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SOURCE_SHA256 } from "./generated/object-scan-wasm.ts";
import { INCOMPLETE, INVALID, ObjectScan, objectScan, TOO_DEEP } from "./object-scan.ts";

/** How far the value goes that these bytes begin with; negative when it does not end. */
function valueIn(bytes: Uint8Array): number {
  const scan = objectScan();
  scan.load(bytes);
  const end = scan.endOfValue(scan.start);
  return end < 0 ? end : end - scan.start;
}

/** With a byte behind it, so that a number's end can be seen. */
const endOf = (text: string): number => valueIn(Buffer.from(`${text}\n`));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const written = fc.oneof(
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify(value, undefined, 1)),
  fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.stringify(value)),
);

describe("ObjectScan.endOfValue", () => {
  it("finds the end of everything that JSON.parse reads", () => {
    fc.assert(
      fc.property(written, (text) => {
        expect(endOf(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it("agrees with JSON.parse about every text with one byte changed, lost or added", () => {
    const damage = fc.record({
      at: fc.nat(),
      byte: fc.constantFrom(...Array.from('{}[]",:\\u0123eE+-.truefalsn \t\u0001x')),
      how: fc.nat(2),
    });
    fc.assert(
      fc.property(written, damage, (text, { at, byte, how }) => {
        const place = at % (text.length + 1);
        const damaged = text.slice(0, place) + (how === 0 ? "" : byte) + text.slice(how === 2 ? place : place + 1);
        const trimmed = damaged.replace(/^[ \t]+/, "");
        const end = endOf(trimmed);
        const isWhole = end >= 0 && Buffer.from(trimmed).toString("utf8", end).trim() === "";
        expect(isWhole).toBe(isJson(trimmed));
      }),
      { numRuns: 2_000 },
    );
  });

  it("says of every beginning of a value that it is one", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ value })),
        (text) => {
          const bytes = Buffer.from(text);
          for (let end = 0; end < bytes.length; end += 1) expect(valueIn(bytes.subarray(0, end))).toBe(INCOMPLETE);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    "01",
    "-",
    "1.",
    ".5",
    "+1",
    "1e",
    "tru",
    "nul1",
    '"\u0007"',
    '"\\x"',
    '"\\u12g4"',
    "[1,]",
    "[,]",
    '{"a"}',
    '{"a":1,}',
    "{a:1}",
    "[1}",
    "undefined",
  ])("does not take %j for JSON", (text) => {
    expect(isJson(text)).toBe(false);
    expect(endOf(text)).not.toBe(Buffer.byteLength(text));
  });

  it("gives up on what is nested too deep, and does not overflow", () => {
    expect(endOf("[".repeat(100_000))).toBe(TOO_DEEP);
    expect(endOf(`${"[".repeat(100)}x`)).toBe(INVALID);
  });
});

describe("ObjectScan", () => {
  it("is compiled from the source that is there; if not: node assembly/build.mjs", () => {
    const source = readFileSync(new URL("../../assembly/object-scan.ts", import.meta.url));
    expect(createHash("sha256").update(source).digest("hex")).toBe(SOURCE_SHA256);
  });

  it("finds the end of managedFields, whatever strings are in them and wherever blocks of 64 bytes end", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', "\\", "{", "}", "[", "]", "é", "\n", "\\\\"), maxLength: 80, size: "max" });
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ depthSize: "small" }, text, fc.array(tie("tree")), fc.dictionary(text, tie("tree"))),
    }));
    fc.assert(
      fc.property(fc.array(tree), fc.nat(70), (managedFields, shift) => {
        const metadata = { a: "x".repeat(shift), managedFields, name: "n" };
        const scan = objectScan();
        scan.load(Buffer.from(JSON.stringify({ metadata, z: 1 })));
        expect(scan.object(scan.start, true, "object")).toBe(scan.end);
        expect(scan.bytes.toString("utf8", scan.textStart, scan.textEnd)).toBe(
          JSON.stringify({ metadata: { a: metadata.a, name: "n" }, z: 1 }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("takes no object for complete whose managedFields do not end", () => {
    const bytes = Buffer.from(`{"metadata":{"managedFields":[{"a":"]}\\"]"}],"name":"n"}}`);
    const scan = objectScan();
    for (let length = 1; length < bytes.length; length += 1) {
      scan.load(bytes.subarray(0, length));
      expect(scan.object(scan.start, true, "object")).toBe(INCOMPLETE);
    }
  });

  it("believes no byte behind what was loaded last", () => {
    const scan = new ObjectScan();
    scan.load(Buffer.from('{"a":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}'));
    for (const text of ['{"a":"b', '{"a"', "[1,2", "tru", "12"]) {
      scan.load(Buffer.from(text));
      expect(scan.endOfValue(scan.start)).toBe(INCOMPLETE);
      expect(scan.event(scan.start, true, "object")).toBe(INCOMPLETE);
    }
  });

  it("grows for what is large, and gives the memory back", () => {
    const scan = new ObjectScan();
    const large = Buffer.from(JSON.stringify({ metadata: { name: "a" }, data: "x".repeat(10_000_000) }));
    scan.load(large);
    expect(scan.object(scan.start, true, "object")).toBe(scan.start + large.length);
    expect(scan.bytes.length).toBeGreaterThan(10_000_000);
    scan.load(Buffer.from('{"metadata":{"name":"b"}}'));
    expect(scan.object(scan.start, true, "object")).toBe(scan.end);
    expect(scan.key).toBe("b");
    expect(scan.bytes.length).toBeLessThan(8_000_000);
  });
});
