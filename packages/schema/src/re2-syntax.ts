/** What a pattern is made of. Source: https://pkg.go.dev/regexp/syntax; the messages are that package's. */
export type Node =
  | { readonly type: "char"; readonly test: CharTest }
  | { readonly type: "assert"; readonly holds: Assertion }
  | { readonly type: "concat"; readonly parts: readonly Node[] }
  | { readonly type: "either"; readonly choices: readonly Node[] }
  | { readonly type: "repeat"; readonly part: Node; readonly min: number; readonly max: number };

/** Whether a code point is meant. */
export type CharTest = (code: number) => boolean;
/** Whether a place between two code points is meant; -1 stands for the ends of the text. */
export type Assertion = (before: number, after: number) => boolean;

/** A pattern that Go's `regexp.Compile` refuses. */
export class Re2SyntaxError extends SyntaxError {
  override readonly name = "Re2SyntaxError";
  constructor(what: string, where: string) {
    super(`error parsing regexp: ${what}: \`${where}\``);
  }
}

/** @throws {Re2SyntaxError} when Go would not compile the pattern. */
export function parseRe2(source: string): Node {
  return new Parser(source).parse();
}

const MAX_REPEAT = 1000;
const MAX_NESTING = 1000;

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

class Parser {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  #flags: Flags = { fold: false, multiline: false, dotAll: false };

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Node {
    const node = this.#alternatives();
    if (this.#at < this.#source.length) throw new Re2SyntaxError("unexpected )", this.#source);
    return node;
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #char(): string {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += char.length;
    return char;
  }

  #alternatives(): Node {
    if (++this.#depth > MAX_NESTING) throw new Re2SyntaxError("expression nests too deeply", this.#source);
    const outer = this.#flags;
    const choices = [this.#sequence()];
    while (this.#take("|")) choices.push(this.#sequence());
    this.#flags = outer;
    this.#depth--;
    return choices.length === 1 && choices[0] !== undefined ? choices[0] : { type: "either", choices };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !this.#peek("|") && !this.#peek(")")) {
      const start = this.#at;
      const atom = this.#atom();
      // A group of flags alone, (?i), is no atom: nothing to repeat.
      if (atom !== undefined) parts.push(this.#repeated(atom));
      else this.#refuseRepeat(start);
    }
    return { type: "concat", parts };
  }

  #refuseRepeat(start: number): void {
    const operator = /^[*+?]/.exec(this.#source.slice(this.#at))?.[0];
    if (operator !== undefined && start < this.#at) throw new Re2SyntaxError("missing argument to repetition operator", operator);
  }

  #repeated(atom: Node): Node {
    let node = atom;
    let previous: string | undefined;
    for (;;) {
      const rest = this.#source.slice(this.#at, this.#at + 24);
      const [operator, lower, comma, upper] = REPEAT.exec(rest) ?? [];
      if (operator === undefined) return node;
      const [min, max] = bounds(operator, lower, comma, upper);
      if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT) || max < min)
        throw new Re2SyntaxError("invalid repeat count", operator);
      this.#at += operator.length;
      const lazy = this.#take("?") ? "?" : "";
      if (previous !== undefined) throw new Re2SyntaxError("invalid nested repetition operator", previous + operator + lazy);
      previous = operator + lazy;
      node = { type: "repeat", part: node, min, max };
    }
  }

  #atom(): Node | undefined {
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return { type: "char", test: this.#class() };
    if (this.#take("^")) return { type: "assert", holds: this.#flags.multiline ? LINE_START : TEXT_START };
    if (this.#take("$")) return { type: "assert", holds: this.#flags.multiline ? LINE_END : TEXT_END };
    if (this.#take(".")) return { type: "char", test: this.#flags.dotAll ? () => true : (code) => code !== 0x0a };
    if (this.#peek("\\")) return this.#escape();
    const operator = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.#source.slice(this.#at, this.#at + 24))?.[0];
    if (operator !== undefined) throw new Re2SyntaxError("missing argument to repetition operator", operator);
    return { type: "char", test: this.#literal(this.#char()) };
  }

  #group(): Node | undefined {
    const start = this.#at - 1;
    const outer = this.#flags;
    if (this.#peek("?")) {
      const rest = this.#source.slice(start);
      const named = /^\(\?P?<([^>]*)>/.exec(rest);
      if (named !== null || /^\(\?P?</.test(rest)) {
        if (named === null || !/^\w+$/.test(named[1] ?? "")) throw new Re2SyntaxError("invalid named capture", named?.[0] ?? rest);
        this.#at = start + named[0].length;
      } else if (!this.#flagGroup(start)) {
        return undefined;
      }
    }
    const node = this.#alternatives();
    if (!this.#take(")")) throw new Re2SyntaxError("missing closing )", this.#source);
    this.#flags = outer;
    return node;
  }

  /** Reads `(?i)` or `(?i:`; true when a group follows. */
  #flagGroup(start: number): boolean {
    this.#at++;
    let value = true;
    const flags = { ...this.#flags };
    for (;;) {
      const char = this.#at < this.#source.length ? this.#char() : "";
      if (char === "i") flags.fold = value;
      else if (char === "m") flags.multiline = value;
      else if (char === "s") flags.dotAll = value;
      else if (char === "-" && value) value = false;
      else if (char === ":" || char === ")") {
        this.#flags = flags;
        return char === ":";
      } else if (char === "") throw new Re2SyntaxError("missing closing )", this.#source);
      else if (char !== "U") throw new Re2SyntaxError("invalid or unsupported Perl syntax", this.#source.slice(start, this.#at));
    }
  }

  #escape(): Node {
    for (const [text, holds] of ASSERTIONS) if (this.#take(text)) return { type: "assert", holds };
    if (this.#take("\\Q")) {
      const end = this.#source.indexOf("\\E", this.#at);
      const quoted = this.#source.slice(this.#at, end === -1 ? undefined : end);
      this.#at = end === -1 ? this.#source.length : end + 2;
      return { type: "concat", parts: Array.from(quoted, (char) => ({ type: "char", test: this.#literal(char) }) as const) };
    }
    const set = this.#escapedSet();
    return { type: "char", test: set ?? this.#literal(String.fromCodePoint(this.#escapedCode())) };
  }

  /** `\d`, `\pL`, …; undefined, with nothing read, when something else is escaped. */
  #escapedSet(): CharTest | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 64);
    const perl = PERL_SETS[rest.slice(0, 2)];
    if (perl !== undefined) {
      this.#at += 2;
      return this.#folded(perl);
    }
    const [property, negation, short, caret, long] = /^\\([pP])(?:([A-Za-z])|\{(\^?)([A-Za-z_]+)\})/.exec(rest) ?? [];
    if (property === undefined) {
      if (/^\\[pP]/.test(rest)) throw new Re2SyntaxError("invalid character class range", rest.slice(0, 3));
      return undefined;
    }
    this.#at += property.length;
    const test = unicodeSet(short ?? long ?? "");
    if (test === undefined) throw new Re2SyntaxError("invalid character class range", property);
    const negated = (negation === "P") !== (caret === "^");
    return this.#folded(negated ? (code) => !test(code) : test);
  }

  #escapedCode(): number {
    const rest = this.#source.slice(this.#at, this.#at + 16);
    if (rest === "\\") throw new Re2SyntaxError("trailing backslash at end of expression", "");
    const [text, braced, plain, octal] = /^\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/.exec(rest) ?? [];
    if (text !== undefined) {
      this.#at += text.length;
      const code = octal === undefined ? parseInt(braced ?? plain ?? "", 16) : parseInt(octal, 8);
      if (code > 0x10ffff) throw new Re2SyntaxError("invalid escape sequence", text);
      return code;
    }
    this.#at++;
    const char = this.#char();
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (!/^[!-/:-@[-`{-~]$/.test(char)) throw new Re2SyntaxError("invalid escape sequence", `\\${char}`);
    return char.codePointAt(0) ?? 0;
  }

  #class(): CharTest {
    const start = this.#at - 1;
    const unclosed = (): Re2SyntaxError => new Re2SyntaxError("missing closing ]", this.#source.slice(start));
    const negated = this.#take("^");
    const tests: CharTest[] = [];
    for (let first = true; first || !this.#peek("]"); first = false) {
      if (this.#at >= this.#source.length) throw unclosed();
      const [posix, not, name = ""] = /^\[:(\^?)([a-z]+):\]/.exec(this.#source.slice(this.#at, this.#at + 16)) ?? [];
      if (posix !== undefined) {
        const test = POSIX_SETS[name];
        if (test === undefined) throw new Re2SyntaxError("invalid character class range", posix);
        this.#at += posix.length;
        tests.push(not === "^" ? (code) => !test.test(String.fromCodePoint(code)) : (code) => test.test(String.fromCodePoint(code)));
        continue;
      }
      const set = this.#peek("\\") ? this.#escapedSet() : undefined;
      tests.push(set ?? this.#range(unclosed));
    }
    this.#at++;
    const any = this.#folded((code) => tests.some((test) => test(code)));
    return negated ? (code) => !any(code) : any;
  }

  #range(unclosed: () => Re2SyntaxError): CharTest {
    const start = this.#at;
    const low = this.#classCode();
    if (!this.#peek("-") || this.#source[this.#at + 1] === "]") return (code) => code === low;
    this.#at++;
    if (this.#at >= this.#source.length) throw unclosed();
    const high = this.#classCode();
    if (high < low) throw new Re2SyntaxError("invalid character class range", this.#source.slice(start, this.#at));
    return (code) => code >= low && code <= high;
  }

  #classCode(): number {
    return this.#peek("\\") ? this.#escapedCode() : (this.#char().codePointAt(0) ?? 0);
  }

  #literal(char: string): CharTest {
    const literal = char.codePointAt(0);
    return this.#folded((code) => code === literal);
  }

  #folded(test: CharTest): CharTest {
    if (!this.#flags.fold) return test;
    return (code) => {
      if (test(code)) return true;
      const char = String.fromCodePoint(code);
      return [char.toLowerCase(), char.toUpperCase()].some((folded) => test(folded.codePointAt(0) ?? 0));
    };
  }
}

const REPEAT = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/;

function bounds(operator: string, lower: string | undefined, comma: string | undefined, upper: string | undefined): [number, number] {
  if (operator === "*") return [0, Infinity];
  if (operator === "+") return [1, Infinity];
  if (operator === "?") return [0, 1];
  const min = Number(lower);
  if (comma === undefined) return [min, min];
  return [min, upper === "" ? Infinity : Number(upper)];
}

function unicodeSet(name: string): CharTest | undefined {
  if (name === "Any") return () => true;
  for (const property of [name, `Script=${name}`]) {
    try {
      const set = new RegExp(`^\\p{${property}}$`, "u");
      return (code) => set.test(String.fromCodePoint(code));
    } catch {
      // Not a category: perhaps a script. Neither: the caller refuses the name.
    }
  }
  return undefined;
}

const isWord = (code: number): boolean => code !== -1 && /^\w$/.test(String.fromCodePoint(code));
const TEXT_START: Assertion = (before) => before === -1;
const TEXT_END: Assertion = (_, after) => after === -1;
const LINE_START: Assertion = (before) => before === -1 || before === 0x0a;
const LINE_END: Assertion = (_, after) => after === -1 || after === 0x0a;
const ASSERTIONS: readonly (readonly [string, Assertion])[] = [
  ["\\A", TEXT_START],
  ["\\z", TEXT_END],
  ["\\b", (before, after) => isWord(before) !== isWord(after)],
  ["\\B", (before, after) => isWord(before) === isWord(after)],
];

const inSet =
  (set: RegExp): CharTest =>
  (code) =>
    set.test(String.fromCodePoint(code));
const PERL_SETS: Readonly<Record<string, CharTest>> = {
  "\\d": inSet(/^[0-9]$/),
  "\\D": inSet(/^[^0-9]$/u),
  "\\s": inSet(/^[\t\n\f\r ]$/),
  "\\S": inSet(/^[^\t\n\f\r ]$/u),
  "\\w": inSet(/^[0-9A-Za-z_]$/),
  "\\W": inSet(/^[^0-9A-Za-z_]$/u),
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const POSIX_SETS: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^[\0-\x7f]$/,
  blank: /^[\t ]$/,
  // oxlint-disable-next-line no-control-regex -- they are what this set is.
  cntrl: /^[\0-\x1f\x7f]$/,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[\t\n\v\f\r ]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};
