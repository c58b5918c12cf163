import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FieldSelectorError, formatFieldSelector, matchesFields, parseFieldSelector, type FieldRequirement } from "./field-selector.ts";

const is = (field: string, value: string): FieldRequirement => ({ field, operator: "=", value });
const isNot = (field: string, value: string): FieldRequirement => ({ field, operator: "!=", value });

describe("parseFieldSelector", () => {
  it.each<readonly [string, readonly FieldRequirement[]]>([
    ["", []],
    [",", []],
    ["metadata.name=a", [is("metadata.name", "a")]],
    ["metadata.name==a", [is("metadata.name", "a")]],
    ["metadata.name!=a", [isNot("metadata.name", "a")]],
    ["metadata.name=", [is("metadata.name", "")]],
    ["a=b,c!=d,", [is("a", "b"), isNot("c", "d")]],
    [String.raw`a=b\,c\=d\\e`, [is("a", "b,c=d\\e")]],
    ["=a", [is("", "a")]],
    [" a=b", [is(" a", "b")]],
  ])("reads %j", (text, expected) => {
    expect(parseFieldSelector(text)).toEqual(expected);
  });

  it.each([
    ["metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ["metadata.name=a\\x", "invalid field selector: invalid escape sequence: \\x"],
    ["metadata.name=a\\", "invalid field selector: invalid escape sequence: \\"],
    ["metadata.name=a=b", "invalid field selector: unescaped character in value: 61"],
    ["metadata.name in (a)", "invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'"],
    ["!metadata.name", "invalid selector: '!metadata.name'; can't understand '!metadata.name'"],
    ["metadata.name!=a!=b", "invalid field selector: unescaped character in value: 61"],
    ["metadata.name===a", "invalid field selector: unescaped character in value: 61"],
  ])("refuses %j as a kube-apiserver does", (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(FieldSelectorError);
    expect(() => parseFieldSelector(text)).toThrow(expect.objectContaining({ message, code: "InvalidFieldSelector" }));
  });

  it("reads what it writes", () => {
    const requirement = fc.record({
      field: fc.constantFrom("metadata.name", "spec.nodeName"),
      operator: fc.constantFrom("=" as const, "!=" as const),
      value: fc.string({ unit: fc.constantFrom("a", "\\", ",", "=", "!", " ", "é"), maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 3 }), (requirements) => {
        expect(parseFieldSelector(formatFieldSelector(requirements))).toEqual(requirements);
      }),
    );
  });
});

const get = (field: string): string | undefined => ({ "metadata.name": "a", "spec.nodeName": "" })[field];

describe("matchesFields", () => {
  it.each([
    ["", true],
    ["metadata.name=a", true],
    ["metadata.name=b", false],
    ["metadata.name!=b", true],
    ["metadata.name!=a", false],
    ["spec.nodeName=", true],
    ["nope=", true],
    ["nope!=", false],
    ["metadata.name=a,spec.nodeName!=", false],
  ])("%j is %s", (selector, expected) => {
    expect(matchesFields(parseFieldSelector(selector), get)).toBe(expected);
  });
});
