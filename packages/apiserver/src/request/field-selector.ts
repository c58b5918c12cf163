import { badRequest } from "../status-error.ts";

/** One term of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/**
 * Parses `metadata.name=a,status.phase!=Running`; `==` is `=`, and `\`, `,` and `=` in values are escaped with a backslash.
 * Source: apimachinery `fields/selector.go`.
 * @throws StatusError 400
 */
export function parseFieldSelector(text: string): readonly FieldTerm[] {
  return splitTerms(text)
    .filter((term) => term !== "")
    .map((term) => parseTerm(term, text));
}

function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === ",") {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function parseTerm(term: string, selector: string): FieldTerm {
  for (let index = 0; index < term.length; index += 1) {
    const two = term.slice(index, index + 2);
    if (two === "!=" || two === "==")
      return { field: term.slice(0, index), operator: two === "!=" ? "!=" : "=", value: unescape(term.slice(index + 2)) };
    if (term[index] === "=") return { field: term.slice(0, index), operator: "=", value: unescape(term.slice(index + 1)) };
  }
  throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
}

function unescape(value: string): string {
  return value.replaceAll(/\\([\\,=])/g, "$1");
}
