import { failed, type Library } from "../cel.ts";
import { functionNamespace } from "../function-namespace.ts";

/** What CEL's own strings library has beyond what the evaluator brings along. Source: cel-go `ext/strings.go`, version 2. */
export const strings: Library = (environment) => {
  const namespace = functionNamespace(environment, "strings");
  environment
    .registerFunction(`${namespace}.quote(string): string`, (_: unknown, text: string) => JSON.stringify(text))
    .registerFunction("string.charAt(int): string", (text: string, index: bigint) => charAt(Array.from(text), Number(index)))
    .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) => text.replaceAll(from, () => to))
    .registerFunction("string.replace(string, string, int): string", (text: string, from: string, to: string, times: bigint) =>
      replaced(text, from, to, Number(times)),
    );
};

function charAt(characters: readonly string[], index: number): string {
  if (index < 0 || index > characters.length) throw failed(`index out of range: ${index}`);
  return characters[index] ?? "";
}

function replaced(text: string, from: string, to: string, times: number): string {
  if (times < 0) return text.replaceAll(from, () => to);
  const parts = text.split(from);
  const changed = Math.min(times, parts.length - 1);
  return (
    parts.slice(0, changed + 1).join(to) +
    parts
      .slice(changed + 1)
      .map((part) => from + part)
      .join("")
  );
}

/** What `string.format` makes. */
export function formatted(pattern: string, values: readonly unknown[]): string {
  let next = 0;
  return pattern.replace(/%(?:%|(?:\.(\d+))?([a-zA-Z]))/g, (clause, precision: string | undefined, verb: string | undefined) => {
    if (verb === undefined) return "%";
    if (next >= values.length) throw failed(`index ${next} out of range`);
    return shownAs(verb, values[next++], precision === undefined ? 6 : Number(precision), clause);
  });
}

function shownAs(verb: string, value: unknown, precision: number, clause: string): string {
  switch (verb) {
    case "s":
      return shown(value);
    case "d":
      return String(value);
    case "f":
      return Number(value).toFixed(precision);
    case "e":
      return Number(value)
        .toExponential(precision)
        .replace(/e([+-])(\d)$/, "e$10$2");
    case "b":
      return typeof value === "boolean" ? String(Number(value)) : (value as bigint).toString(2);
    case "o":
      return (value as bigint).toString(8);
    case "x":
    case "X": {
      const hex = typeof value === "bigint" ? value.toString(16) : Buffer.from(value as string | Uint8Array).toString("hex");
      return verb === "x" ? hex : hex.toUpperCase();
    }
    default:
      throw failed(`could not parse formatting clause: unrecognized formatting clause "${clause.slice(1)}"`);
  }
}

function shown(value: unknown): string {
  if (value instanceof Set || Array.isArray(value)) return `[${Array.from(value as Iterable<unknown>, shown).join(", ")}]`;
  if (value instanceof Map) {
    return `{${Array.from(value as Map<unknown, unknown>, ([key, item]) => `${shown(key)}: ${shown(item)}`)
      .toSorted()
      .join(", ")}}`;
  }
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return String(value);
}
