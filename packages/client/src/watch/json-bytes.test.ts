import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INCOMPLETE, INVALID, skipValue, TOO_DEEP } from "./json-bytes.ts";

/** With a byte behind it, so that a number's end can be seen. */
const endOf = (text: string): number => skipValue(Buffer.from(`${text}\n`), 0, Buffer.byteLength(text) + 1);

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

describe("skipValue", () => {
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
          for (let end = 0; end < bytes.length; end += 1) expect(skipValue(bytes, 0, end)).toBe(INCOMPLETE);
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
