import { labelValueProblems, qualifiedNameProblems } from "./names.ts";

/** One thing that labels must fulfil. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";
  /** Sorted, each once. */
  readonly values: readonly string[];
}

/** All of them must be fulfilled; none is fulfilled by all labels. */
export type LabelRequirements = readonly LabelRequirement[];

/** A selector that is not one; the message is the API server's. */
export class LabelSelectorError extends Error {
  override readonly name = "LabelSelectorError";
  readonly code = "InvalidLabelSelector";
}

/**
 * A checked requirement.
 * @throws {LabelSelectorError}
 */
export function labelRequirement(key: string, operator: LabelRequirement["operator"], values: readonly string[]): LabelRequirement {
  const problems = [
    ...joined(qualifiedNameProblems(key)).map((why) => `key: Invalid value: ${JSON.stringify(key)}: ${why}`),
    ...valueProblems(operator, values),
    ...values.flatMap((value, i) =>
      joined(labelValueProblems(value)).map((why) => `values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${why}`),
    ),
  ];
  if (problems.length > 0) throw new LabelSelectorError(problems.length === 1 ? problems[0] : `[${problems.join(", ")}]`);
  return { key, operator, values: [...new Set(values)].sort() };
}

function valueProblems(operator: LabelRequirement["operator"], values: readonly string[]): readonly string[] {
  const wrongCount = (why: string): string[] => [`values: Invalid value: ${JSON.stringify(values)}: ${why}`];
  switch (operator) {
    case "in":
    case "notin":
      return values.length === 0 ? wrongCount("for 'in', 'notin' operators, values set can't be empty") : [];
    case "exists":
    case "!":
      return values.length > 0 ? wrongCount("values set must be empty for exists and does not exist") : [];
    case "<":
    case ">":
      return [
        ...(values.length === 1 ? [] : wrongCount("for 'Gt', 'Lt' operators, exactly one value is required")),
        ...values.flatMap((value, i) =>
          parseInt64(value) === undefined
            ? [`values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`]
            : [],
        ),
      ];
    default:
      return values.length === 1 ? [] : wrongCount("exact-match compatibility requires one single value");
  }
}

function joined(problems: readonly string[]): readonly string[] {
  return problems.length === 0 ? [] : [problems.join("; ")];
}

/** A whole number that fits into 64 bits, as Go's `strconv.ParseInt` reads it. */
export function parseInt64(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d{1,30}$/.test(text)) return undefined;
  const number = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, number) === number ? number : undefined;
}
