import { expect, it } from "vitest";
import { excerptOf } from "./excerpt.ts";

it.each([
  [" \n\t ", "an empty body"],
  ["<p>\n  sorry</p>\n", '"<p> sorry</p>"'],
  ["x".repeat(120), JSON.stringify("x".repeat(120))],
  ["x".repeat(121), JSON.stringify(`${"x".repeat(120)}…`)],
])("shows %j as %s", (text, shown) => {
  expect(excerptOf(text)).toBe(shown);
});
