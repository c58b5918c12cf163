import { type JsonObject, isObject } from "../json-object.ts";

/** Finds values in a JSON value, in document order. A step that leads nowhere finds nothing. */
export type JsonPath = (root: unknown) => readonly unknown[];

/** A path that cannot be read. The message says where and what was expected. */
export class JsonPathError extends Error {
  constructor(path: string, at: number, problem: string) {
    super(`JSON path ${JSON.stringify(path)}: ${problem} at character ${at + 1}`);
    this.name = "JsonPathError";
  }
}

/** More is refused: paths come from CRDs, that is from anybody. */
const MAX_LENGTH = 1024;
/** What one path may find; a recursive one over a large object finds a lot. */
const MAX_RESULTS = 10_000;

type Step = (values: readonly unknown[]) => readonly unknown[];

/**
 * Compiles the subset of kubectl's JSONPath that columns of CRDs use: `.a.b`, `.a\.b`, `['a']`, `['a','b']`, `[0]`, `[-1]`,
 * `[0,2]`, `[1:3]`, `[*]`, `.*`, `..a` and filters of one comparison, `[?(@.type=="Ready")]`. The path starts with a dot.
 *
 * Source: client-go `util/jsonpath`; apiextensions `validation.go` (must be a simple json path starting with .).
 * @throws JsonPathError
 */
export function compileJsonPath(path: string): JsonPath {
  if (path.length > MAX_LENGTH) throw new JsonPathError(path.slice(0, 40), MAX_LENGTH, "more than 1024 characters");
  if (!path.startsWith(".")) throw new JsonPathError(path, 0, "must be a simple json path starting with .");
  const steps = new Parser(path).steps();
  return (root) =>
    steps.reduce<readonly unknown[]>((values, step) => (values.length === 0 ? values : step(values).slice(0, MAX_RESULTS)), [root]);
}

class Parser {
  readonly #path: string;
  #at = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Steps up to the end of the path, or up to what ends a path inside a filter. */
  steps(insideFilter = false): readonly Step[] {
    const steps: Step[] = [];
    while (this.#at < this.#path.length) {
      if (insideFilter && /[\s=!<>)]/.test(this.#char)) break;
      steps.push(...this.#step(steps.length === 0 || insideFilter));
    }
    return steps;
  }

  get #char(): string {
    return this.#path[this.#at] ?? "";
  }

  #step(mayStandAlone: boolean): readonly Step[] {
    if (this.#take("..")) {
      // A trailing ".." is every value; with a name it is that field of every value.
      return this.#char === "" || this.#char === "[" ? [descendants] : [descendants, this.#name()];
    }
    if (this.#take(".")) {
      if (this.#char === "[") return [];
      // "." alone is the object itself.
      return this.#char === "" && mayStandAlone ? [] : [this.#name()];
    }
    if (this.#take("[")) return [this.#bracket()];
    throw this.#error('expected "." or "["');
  }

  #name(): Step {
    if (this.#take("*")) return children;
    let name = "";
    while (this.#at < this.#path.length && !/[.[\]\s=!<>()'",]/.test(this.#char)) {
      // A backslash takes a dot into the name.
      if (this.#char === "\\") this.#at += 1;
      name += this.#char;
      this.#at += 1;
    }
    if (name === "") throw this.#error("expected a field's name");
    return field(name);
  }

  #bracket(): Step {
    this.#space();
    if (this.#take("?(")) return this.#filter();
    const steps: Step[] = [];
    do {
      this.#space();
      steps.push(this.#selection());
      this.#space();
    } while (this.#take(","));
    this.#expect("]");
    const [only] = steps;
    return steps.length === 1 && only !== undefined ? only : (values) => values.flatMap((value) => steps.flatMap((step) => step([value])));
  }

  #selection(): Step {
    if (this.#take("*")) return children;
    if (this.#char === "'" || this.#char === '"') return field(this.#quoted());
    const match = /^(-?\d+)?(?:(:)(-?\d+)?(?::(\d+)?)?)?/.exec(this.#path.slice(this.#at));
    const [text = "", first, colon, last, stride] = match ?? [];
    if (text === "") throw this.#error("expected a number, a quoted name or *");
    this.#at += text.length;
    if (colon === undefined) return element(Number(first));
    if (stride === "0") throw this.#error("a stride of 0");
    return slice(first === undefined ? 0 : Number(first), last === undefined ? undefined : Number(last), Number(stride ?? 1));
  }

  #filter(): Step {
    this.#space();
    const left = this.#operand();
    this.#space();
    const operator = /^(?:==|!=|<=|>=|<|>)/.exec(this.#path.slice(this.#at))?.[0];
    let right: Operand | undefined;
    if (operator !== undefined) {
      this.#at += operator.length;
      this.#space();
      right = this.#operand();
      this.#space();
    }
    this.#expect(")");
    this.#expect("]");
    const passes = (item: unknown): boolean => {
      const found = left(item);
      if (right === undefined) return found.length > 0;
      const other = right(item);
      return found.length > 0 && other.length > 0 && compares(found[0], operator ?? "==", other[0]);
    };
    return (values) => values.flatMap((value) => (Array.isArray(value) ? value.filter(passes) : []));
  }

  #operand(): Operand {
    if (this.#take("@")) {
      const steps = this.steps(true);
      return (item) => steps.reduce<readonly unknown[]>((values, step) => step(values), [item]);
    }
    if (this.#char === "'" || this.#char === '"') {
      const text = this.#quoted();
      return () => [text];
    }
    const literal = /^(?:true|false|-?\d+(?:\.\d+)?)/.exec(this.#path.slice(this.#at))?.[0];
    if (literal === undefined) throw this.#error("expected @, a quoted string, a number, true or false");
    this.#at += literal.length;
    const value: unknown = JSON.parse(literal);
    return () => [value];
  }

  #quoted(): string {
    const quote = this.#char;
    let text = "";
    for (this.#at += 1; this.#char !== quote; this.#at += 1) {
      if (this.#char === "") throw this.#error(`expected ${quote}`);
      if (this.#char === "\\") this.#at += 1;
      text += this.#char;
    }
    this.#at += 1;
    return text;
  }

  #take(text: string): boolean {
    if (!this.#path.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#error(`expected "${text}"`);
  }

  #space(): void {
    while (this.#char === " ") this.#at += 1;
  }

  #error(problem: string): JsonPathError {
    return new JsonPathError(this.#path, this.#at, problem);
  }
}

type Operand = (item: unknown) => readonly unknown[];

function field(name: string): Step {
  return (values) => values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));
}

function element(index: number): Step {
  return (values) => values.flatMap((value) => (Array.isArray(value) ? value.slice(index, index === -1 ? undefined : index + 1) : []));
}

function slice(first: number, last: number | undefined, stride: number): Step {
  return (values) =>
    values.flatMap((value) => (Array.isArray(value) ? value.slice(first, last).filter((_, index) => index % stride === 0) : []));
}

function children(values: readonly unknown[]): readonly unknown[] {
  return values.flatMap((value) => childrenOf(value));
}

/** A map's values by their keys' order, which is how Go's maps are printed. */
function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return isObject(value) ? sortedValues(value) : [];
}

function sortedValues(value: JsonObject): readonly unknown[] {
  return Object.keys(value)
    .toSorted()
    .map((key) => value[key]);
}

function descendants(values: readonly unknown[]): readonly unknown[] {
  const found: unknown[] = [];
  const waiting = values.toReversed();
  while (waiting.length > 0 && found.length < MAX_RESULTS) {
    const value = waiting.pop();
    found.push(value);
    waiting.push(...childrenOf(value).toReversed());
  }
  return found;
}

/** Values of different types are unequal and in no order. */
function compares(left: unknown, operator: string, right: unknown): boolean {
  if (operator === "!=") return left !== right;
  if (operator === "==") return left === right;
  if (typeof left === "number" && typeof right === "number") return ordered(left, operator, right);
  return typeof left === "string" && typeof right === "string" && ordered(left, operator, right);
}

function ordered<T extends number | string>(left: T, operator: string, right: T): boolean {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}
