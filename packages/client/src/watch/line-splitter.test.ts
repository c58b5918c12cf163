import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter, LineTooLong } from "./line-splitter.ts";

function split(pieces: readonly Uint8Array[]): string[] {
  const splitter = new LineSplitter();
  const lines = pieces.flatMap((piece) => splitter.push(piece));
  const last = splitter.end();
  return [...lines, ...(last === undefined ? [] : [last])].map((line) => line.toString("utf8"));
}

describe("LineSplitter", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["\n\r\n\na\n\n", ["a"]],
    ["ü€😀\nü\n", ["ü€😀", "ü"]],
    ["a\rb\n", ["a\rb"]],
  ])("cuts %j", (text, lines) => {
    expect(split([Buffer.from(text)])).toEqual(lines);
    expect(split(Array.from(Buffer.from(text), (byte) => Buffer.from([byte])))).toEqual(lines);
  });

  it("gives the same lines wherever the stream was cut", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ""));
    const ending = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(fc.array(fc.tuple(line, ending)), fc.array(fc.nat({ max: 400 })), (lines, cuts) => {
        const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(""));
        const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
        expect(split(pieces)).toEqual(lines.map(([text]) => text).filter((text) => text !== ""));
      }),
    );
  });

  it("hands lines out as soon as they are complete", () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from("a\nb"))).toHaveLength(1);
    expect(splitter.push(Buffer.from("c"))).toHaveLength(0);
    expect(splitter.push(Buffer.from("\n")).map(String)).toEqual(["bc"]);
    expect(splitter.end()).toBeUndefined();
  });

  it("takes a line of the longest length and refuses one byte more, before its end", () => {
    const splitter = new LineSplitter({ maxBytes: 4 });
    expect(splitter.push(Buffer.from("1234\n")).map(String)).toEqual(["1234"]);
    splitter.push(Buffer.from("123"));
    expect(() => splitter.push(Buffer.from("45"))).toThrow(LineTooLong);
  });

  it("reads a large line from many pieces in linear time", () => {
    const splitter = new LineSplitter();
    const piece = Buffer.alloc(16 * 1024, "x");
    for (let i = 0; i < 2_000; i += 1) splitter.push(piece);
    expect(splitter.push(Buffer.from("\n"))[0]?.length).toBe(2_000 * piece.length);
  });
});
