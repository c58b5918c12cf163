/** One thing that the fields of an object must fulfil. */
export interface FieldRequirement {
  /** `metadata.name`, `spec.nodeName`, … */
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** All of them must be fulfilled; none is fulfilled by every object. */
export type FieldRequirements = readonly FieldRequirement[];

/** A field selector that is not one; the message is the API server's. */
export class FieldSelectorError extends Error {
  override readonly name = "FieldSelectorError";
  readonly code = "InvalidFieldSelector";
}

/**
 * Reads a field selector: `metadata.name=a,status.phase!=Running`. In values, `\`, `,` and `=` are written with a backslash before them.
 * Which fields there are is for the kind to say.
 *
 * Source: k8s.io/apimachinery `fields/selector.go`.
 * @throws {FieldSelectorError}
 */
export function parseFieldSelector(text: string): FieldRequirements {
  return termsOf(text)
    .filter((term) => term !== "")
    .map((term) => {
      const operator = /!=|==|=/.exec(term);
      if (operator === null) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      return {
        field: term.slice(0, operator.index),
        operator: operator[0] === "!=" ? "!=" : "=",
        value: unescaped(term.slice(operator.index + operator[0].length)),
      };
    });
}

/** Whether an object fulfils all requirements. A field it does not have is `""`. */
export function matchesFields(requirements: FieldRequirements, get: (field: string) => string | undefined): boolean {
  return requirements.every(({ field, operator, value }) => ((get(field) ?? "") === value) === (operator === "="));
}

/** The selector in a URL: the inverse of `parseFieldSelector`. */
export function formatFieldSelector(requirements: FieldRequirements): string {
  return requirements.map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, "\\$&")}`).join(",");
}

/** Splits at commas without a backslash before them. */
function termsOf(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === ",") {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function unescaped(text: string): string {
  return text.replace(/\\([^]?)|[,=]/g, (found: string, escapedChar: string | undefined) => {
    if (escapedChar === undefined)
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${found.charCodeAt(0)}`);
    if (!["\\", ",", "="].includes(escapedChar)) throw new FieldSelectorError(`invalid field selector: invalid escape sequence: ${found}`);
    return escapedChar;
  });
}
