import { expect, it } from "vitest";
import { parseYaml } from "./parse-yaml.ts";

const refuse = (problem: string): Error => new Error(problem);

it("reads YAML 1.1: yes is true, 017 is octal, keys are strings", () => {
  const text = "a: yes\nb: off\nc: 017\non: 1\n1: x\nd: 0x1F\ne: '017'\nf: ~\ng: 1e3";
  expect(parseYaml(text, refuse).value).toEqual({ a: true, b: false, c: 15, true: 1, "1": "x", d: 31, e: "017", f: null, g: 1000 });
});

it("takes the first of several documents, and keeps dates as they are written", () => {
  expect(parseYaml("---\na: 2026-01-02\n---\nb: 1\n", refuse).value).toEqual({ a: "2026-01-02" });
});

it("reports keys given twice with their paths", () => {
  const { value, duplicates } = parseYaml("a:\n  b: 1\n  b: 2\nc:\n- d: 1\n  d: 2\n", refuse);
  expect(value).toEqual({ a: { b: 2 }, c: [{ d: 2 }] });
  expect(duplicates).toEqual(["a.b", "c[0].d"]);
});

it("refuses what is no YAML, and a bomb of aliases", () => {
  expect(() => parseYaml("a: [", refuse)).toThrow(/^error converting YAML to JSON: yaml:/);
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ...["b", "c", "d", "e", "f"].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcde"[index]}`).join(",")}]`),
  ].join("\n");
  expect(() => parseYaml(bomb, refuse)).toThrow("Excessive alias count");
});
