import { describe, expect, it } from "vitest";
import * as der from "./der.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("DER", () => {
  it.each<[string, Uint8Array, string]>([
    ["true", der.boolean(true), "0101ff"],
    ["false", der.boolean(false), "010100"],
    ["zero", der.integer(Uint8Array.of(0)), "020100"],
    ["no bytes at all", der.integer(new Uint8Array()), "020100"],
    ["a number with zeros in front", der.integer(Uint8Array.of(0, 0, 5)), "020105"],
    ["a number whose first bit would be a sign", der.integer(Uint8Array.of(0x80)), "02020080"],
    ["bits", der.bitString(Uint8Array.of(0b1000_0100), 2), "03020284"],
    ["bytes", der.octetString(Uint8Array.of(1, 2)), "04020102"],
    ["text", der.utf8String("é"), "0c02c3a9"],
    ["an identifier of small numbers", der.objectIdentifier("2.5.4.3"), "0603550403"],
    ["an identifier of large numbers", der.objectIdentifier("1.2.840.10045.4.3.2"), "06082a8648ce3d040302"],
    ["a sequence", der.sequence(der.boolean(true), der.boolean(false)), "30060101ff010100"],
    ["a set", der.setOf(der.boolean(true)), "31030101ff"],
    ["an element with a tag around it", der.explicit(3, der.boolean(true)), "a3030101ff"],
    ["contents with a tag in place of theirs", der.implicit(7, Uint8Array.of(127, 0, 0, 1)), "87047f000001"],
  ])("writes %s", (_title, written, expected) => {
    expect(hex(written)).toBe(expected);
  });

  it.each<[number, string]>([
    [0x7f, "047f"],
    [0x80, "048180"],
    [0xff, "0481ff"],
    [0x1_00, "04820100"],
    [0x1_00_00, "0483010000"],
  ])("writes the length of %i bytes", (count, prefix) => {
    const written = der.octetString(new Uint8Array(count));
    expect(hex(written.subarray(0, prefix.length / 2))).toBe(prefix);
    expect(written.byteLength).toBe(prefix.length / 2 + count);
  });

  it.each<[string, number, string]>([
    ["UTCTime", 0x17, "2026-11-21T15:04:05.999Z"],
    ["UTCTime", 0x17, "2049-12-31T23:59:59Z"],
    ["GeneralizedTime", 0x18, "2050-01-01T00:00:00Z"],
    ["GeneralizedTime", 0x18, "1949-12-31T23:59:59Z"],
  ])("writes a time as %s (%i) for %s", (_name, tag, text) => {
    const [written, length, ...digits] = der.time(Date.parse(text));
    expect([written, length]).toEqual([tag, digits.length]);
    const shown = Buffer.from(digits).toString("ascii");
    expect(tag === 0x17 ? `20${shown}` : shown).toBe(`${text.slice(0, 19).replaceAll(/\D/g, "")}Z`);
  });
});
