import { labelRequirement, LabelSelectorError, type LabelRequirement } from "./label-requirement.ts";
import { qualifiedNameProblems } from "./names.ts";

/**
 * The requirements in a selector's text, in their order.
 *
 * Source: k8s.io/apimachinery `labels/selector.go` Parser.
 * @throws {LabelSelectorError} in the words of that parser
 */
export function parseLabelRequirements(text: string): readonly LabelRequirement[] {
  return new Parser(text).parse();
}

interface Token {
  readonly type: "identifier" | "symbol" | "end";
  readonly text: string;
}

const END: Token = { type: "end", text: "" };

function tokensOf(text: string): readonly Token[] {
  const tokens = text.matchAll(/([!=]=|[=!(),<>])|[^ \t\r\n=!(),<>]+/g);
  return Array.from(tokens, ([token, symbol]) => ({ type: symbol === undefined ? "identifier" : "symbol", text: token }) as const);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  parse(): readonly LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    while (this.#peek().type !== "end") {
      if (!this.#isKeyAhead()) throw expected(this.#peek(), "!, identifier, or 'end of string'");
      requirements.push(this.#requirementInContext());
      const after = this.#take();
      if (after.type === "end") break;
      if (after.text !== ",") throw expected(after, "',' or 'end of string'");
      if (!this.#isKeyAhead()) throw expected(this.#peek(), "identifier after ','");
    }
    return requirements;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  #take(): Token {
    return this.#tokens[this.#at++] ?? END;
  }

  #isKeyAhead(): boolean {
    const { type, text } = this.#peek();
    return type === "identifier" || text === "!";
  }

  #requirementInContext(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (error instanceof LabelSelectorError) throw new LabelSelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #requirement(): LabelRequirement {
    const isAbsent = this.#peek().text === "!";
    if (isAbsent) this.#take();
    const key = this.#take();
    if (key.type !== "identifier") throw expected(key, "identifier");
    const problems = qualifiedNameProblems(key.text);
    if (problems.length > 0) throw new LabelSelectorError(`<nil>: Invalid value: ${JSON.stringify(key.text)}: ${problems.join("; ")}`);
    if (isAbsent) return labelRequirement(key.text, "!", []);
    const { type, text } = this.#peek();
    if (type === "end" || text === ",") return labelRequirement(key.text, "exists", []);
    const operator = this.#operator();
    const values = operator === "in" || operator === "notin" ? this.#values() : [this.#value()];
    return labelRequirement(key.text, operator, [...new Set(values)].sort());
  }

  #operator(): LabelRequirement["operator"] {
    const token = this.#take();
    const { text } = token;
    if (text === "in" || text === "notin" || text === "=" || text === "==" || text === "!=" || text === "<" || text === ">") return text;
    throw expected(token, "in, notin, =, ==, !=, gt, lt");
  }

  /** An empty value is one. */
  #value(): string {
    const { type, text } = this.#peek();
    if (type === "end" || text === ",") return "";
    const token = this.#take();
    if (token.type !== "identifier") throw expected(token, "identifier");
    return token.text;
  }

  /** `(a,b)`; a place left empty is an empty value. */
  #values(): readonly string[] {
    const open = this.#take();
    if (open.text !== "(") throw new LabelSelectorError(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const isValue = this.#peek().type === "identifier";
      values.push(isValue ? this.#take().text : "");
      const after = this.#take();
      if (after.text === ")") return values;
      if (after.text === ",") continue;
      if (isValue) throw expected(after, "',' or ')'");
      throw expected(after, values.length === 1 ? "',', ')' or identifier" : "',', or identifier");
    }
  }
}

function expected(found: Token, what: string): LabelSelectorError {
  return new LabelSelectorError(`found '${found.text}', expected: ${what}`);
}
