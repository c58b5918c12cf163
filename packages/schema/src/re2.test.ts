import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Re2, Re2SyntaxError } from "./re2.ts";

describe("Re2", () => {
  it.each([
    ["^a+$", ["a", "aaa"], ["", "ab", "a\n"]],
    ["b", ["abc"], ["ac"]],
    ["", ["", "x"], []],
    ["^$", [""], ["x"]],
    ["^(a|bc|)d$", ["ad", "bcd", "d"], ["abcd", "bd"]],
    ["^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]],
    ["^a{2}$", ["aa"], ["a", "aaa"]],
    ["^a{2,}$", ["aa", "aaaaa"], ["a"]],
    ["^a{0}b$", ["b"], ["ab"]],
    ["^a{,3}$", ["a{,3}"], ["aa"]],
    ["^(ab){2}$", ["abab"], ["ab"]],
    ["^[a-c-]+$", ["a-c"], ["d"]],
    ["^[]a]+$", ["]a"], ["b"]],
    ["^[^]a]+$", ["b"], ["]", "a"]],
    ["^[\\]\\-x]$", ["]", "-", "x"], ["\\"]],
    ["^.$", ["x", "é", "😀", "\r"], ["\n", "", "xy"]],
    ["(?s)^.$", ["\n"], []],
    ["(?m)^b$", ["a\nb\nc"], ["ab"]],
    ["(?i)^aÉ$", ["Aé", "aÉ"], ["b"]],
    ["^(?i:a)b$", ["Ab", "ab"], ["aB"]],
    ["^(?-i)a(?i)b$", ["aB"], ["AB"]],
    ["(?i)[k-m]", ["L"], ["N"]],
    ["^\\d\\D\\w\\W\\s\\S$", ["1a_- x"], ["aaaaaa"]],
    ["^\\s$", [" ", "\t"], ["\u00a0", "\v"]],
    ["\\bfoo\\b", ["a foo b", "foo"], ["afoo"]],
    ["\\Bo", ["fo"], ["o"]],
    ["\\Aa\\z", ["a"], ["a\n", "ba"]],
    ["^\\pL\\p{Greek}\\P{L}$", ["aα1"], ["aa1", "aαb"]],
    ["^\\p{^L}$", ["1"], ["a"]],
    ["^[[:alpha:]][[:^digit:]]$", ["ab", "a-"], ["1b", "a1"]],
    ["^\\x41\\x{1F600}\\101\\t$", ["A😀A\t"], ["A"]],
    ["^\\Qa.b\\E$", ["a.b"], ["axb"]],
    ["^\\.\\/\\_$", ["./_"], ["x/_"]],
    ["^(?P<x>a)(?<y>b)$", ["ab"], ["a"]],
    ["^a*?b+?c??$", ["b", "aabb", "bc"], ["a"]],
    ["^(a*)*$", ["", "aaa"], ["b"]],
  ])("matches %s as Go does", (pattern, yes, no) => {
    const re2 = new Re2(pattern);
    for (const text of yes) expect([text, re2.test(text)]).toEqual([text, true]);
    for (const text of no) expect([text, re2.test(text)]).toEqual([text, false]);
  });

  it.each([
    ["(", "missing closing ): `(`"],
    ["a)", "unexpected ): `a)`"],
    ["[a", "missing closing ]: `[a`"],
    ["x[z-a]", "invalid character class range: `z-a`"],
    ["*", "missing argument to repetition operator: `*`"],
    ["a|+", "missing argument to repetition operator: `+`"],
    ["a**", "invalid nested repetition operator: `**`"],
    ["a*+", "invalid nested repetition operator: `*+`"],
    ["a{2000}", "invalid repeat count: `{2000}`"],
    ["a{3,2}", "invalid repeat count: `{3,2}`"],
    ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
    ["a(?!b)", "invalid or unsupported Perl syntax: `(?!`"],
    ["(?<=a)b", "invalid named capture: `(?<=a)b`"],
    ["(?<a-b>c)", "invalid named capture: `(?<a-b>`"],
    ["(a)\\1", "invalid escape sequence: `\\1`"],
    ["\\u0041", "invalid escape sequence: `\\u`"],
    ["\\", "trailing backslash at end of expression: ``"],
    ["\\p{Nope}", "invalid character class range: `\\p{Nope}`"],
    ["[[:nope:]]", "invalid character class range: `[:nope:]`"],
  ])("refuses %s with Go's words", (pattern, message) => {
    expect(() => new Re2(pattern)).toThrow(`error parsing regexp: ${message}`);
    expect(() => new Re2(pattern)).toThrow(Re2SyntaxError);
  });

  it("refuses a pattern that would grow without bounds", () => {
    expect(() => new Re2("((a{100}){100}){100}")).toThrow("expression too large");
    expect(() => new Re2("(".repeat(2000) + ")".repeat(2000))).toThrow("expression nests too deeply");
  });

  it("takes linear time where a backtracking engine takes exponential time", () => {
    const evil = new Re2("^(a|a?)+(a+)+$");
    const started = performance.now();
    expect(evil.test("a".repeat(5000) + "b")).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("agrees with JavaScript where the two languages agree", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "(a|b)", "(?:ab)", "^", "$", "\\d", "1");
    const piece = fc.tuple(atom, fc.constantFrom("", "*", "+", "?", "{1,2}")).map(([a, b]) => (/^[$^]$/.test(a) ? a : a + b));
    const pattern = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "1", "c"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        expect([source, input, new Re2(source).test(input)]).toEqual([source, input, new RegExp(source).test(input)]);
      }),
      { numRuns: 500 },
    );
  });
});
