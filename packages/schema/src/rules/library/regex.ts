import { Re2, Re2SyntaxError } from "../../re2.ts";
import { failed, type Library } from "../cel.ts";

/**
 * Regular expressions in Go's syntax: `matches` in linear time. `find` and `findAll` take what Go and JavaScript both understand.
 * Source: k8s.io/apiserver `pkg/cel/library/regex.go`.
 */
export const regex: Library = (environment) => {
  environment
    .registerFunction("string.matches__(string): bool", (text: string, pattern: string) => compiled(pattern).test(text))
    .registerFunction("matches__(string, string): bool", (text: string, pattern: string) => compiled(pattern).test(text))
    .registerFunction("string.find(string): string", (text: string, pattern: string) => found(text, pattern)[0] ?? "")
    .registerFunction("string.findAll(string): list<string>", (text: string, pattern: string) => found(text, pattern))
    .registerFunction("string.findAll(string, int): list<string>", (text: string, pattern: string, limit: bigint) =>
      limit < 0n ? found(text, pattern) : found(text, pattern).slice(0, Number(limit)),
    );
};

const MAX_REMEMBERED = 256;
const remembered = new Map<string, Re2>();

function compiled(pattern: string): Re2 {
  let known = remembered.get(pattern);
  if (known !== undefined) return known;
  try {
    known = new Re2(pattern);
  } catch (error) {
    if (!(error instanceof Re2SyntaxError)) throw error;
    throw failed(error.message);
  }
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(pattern, known);
  return known;
}

function found(text: string, pattern: string): readonly string[] {
  // What does not match costs linear time; only what does is looked for.
  if (!compiled(pattern).test(text)) return [];
  try {
    return Array.from(
      text.matchAll(new RegExp(pattern.replace(/^\(\?i\)/, ""), pattern.startsWith("(?i)") ? "giu" : "gu")),
      ([match]) => match,
    );
  } catch {
    throw failed(
      `regular expression ${JSON.stringify(pattern)}: find and findAll of this server take only what JavaScript understands too`,
    );
  }
}
