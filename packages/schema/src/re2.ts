import { parseRe2, Re2SyntaxError, type Assertion, type CharTest, type Node } from "./re2-syntax.ts";

export { Re2SyntaxError } from "./re2-syntax.ts";

/**
 * Regular expressions as Kubernetes reads them: Go's syntax (RE2), matched in time linear in the input, whatever the
 * pattern. JavaScript's own engine backtracks, so a pattern such as `(a+)+$` could stop the process for minutes.
 *
 * Source: https://pkg.go.dev/regexp/syntax; the messages are that package's.
 */
export class Re2 {
  readonly source: string;
  readonly #program: readonly Instruction[];

  /** @throws {Re2SyntaxError} when Go would not compile the pattern. */
  constructor(source: string) {
    this.source = source;
    const program: Instruction[] = [];
    emit(parseRe2(source), program);
    program.push({ op: "match" });
    this.#program = program;
  }

  /** Whether the pattern matches anywhere in `text`. */
  test(text: string): boolean {
    const program = this.#program;
    const seen = new Int32Array(program.length).fill(-1);
    let current: number[] = [];
    let next: number[] = [];
    let before = -1;
    const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0);
    for (let at = 0; at <= codes.length; at++) {
      const code = codes[at] ?? -1;
      // Every state that waits for a character at this place: those carried over, and a fresh start.
      const threads: number[] = [];
      for (const state of current) if (follow(program, state, before, code, seen, at, threads)) return true;
      if (follow(program, 0, before, code, seen, at, threads)) return true;
      for (const state of threads) {
        const instruction = program[state];
        if (code !== -1 && instruction?.op === "char" && instruction.test(code)) next.push(state + 1);
      }
      [current, next] = [next, []];
      before = code;
    }
    return false;
  }
}

type Instruction =
  | { readonly op: "char"; readonly test: CharTest }
  | { readonly op: "assert"; readonly holds: Assertion }
  | { readonly op: "split"; readonly a: number; readonly b: number }
  | { readonly op: "match" };

/** Collects the characters that can be read from `start` on; true when the end of the pattern can be reached without reading. */
function follow(
  program: readonly Instruction[],
  start: number,
  before: number,
  after: number,
  seen: Int32Array,
  at: number,
  threads: number[],
): boolean {
  const stack = [start];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    if (seen[state] === at) continue;
    seen[state] = at;
    const instruction = program[state];
    if (instruction === undefined || instruction.op === "match") return true;
    if (instruction.op === "char") threads.push(state);
    else if (instruction.op === "split") stack.push(instruction.a, instruction.b);
    else if (instruction.holds(before, after)) stack.push(state + 1);
  }
  return false;
}

/** Go's own bound is on memory; this one keeps a pattern times its input within milliseconds. */
const MAX_INSTRUCTIONS = 20_000;

function emit(node: Node, program: Instruction[]): void {
  if (program.length > MAX_INSTRUCTIONS) throw new Re2SyntaxError("expression too large", "");
  switch (node.type) {
    case "char":
      program.push({ op: "char", test: node.test });
      return;
    case "assert":
      program.push({ op: "assert", holds: node.holds });
      return;
    case "concat":
      for (const part of node.parts) emit(part, program);
      return;
    case "either":
      emitChoices(node.choices, program);
      return;
    case "repeat":
      emitRepeat(node.part, node.min, node.max, program);
  }
}

function emitChoices(choices: readonly Node[], program: Instruction[]): void {
  const jumps: number[] = [];
  choices.forEach((choice, i) => {
    if (i === choices.length - 1) return emit(choice, program);
    const split = program.push({ op: "match" }) - 1;
    emit(choice, program);
    jumps.push(program.push({ op: "match" }) - 1);
    program[split] = { op: "split", a: split + 1, b: program.length };
  });
  for (const jump of jumps) program[jump] = { op: "split", a: program.length, b: program.length };
}

function emitRepeat(part: Node, min: number, max: number, program: Instruction[]): void {
  for (let i = 0; i < min; i++) emit(part, program);
  if (max === Infinity) {
    const split = program.push({ op: "match" }) - 1;
    emit(part, program);
    program.push({ op: "split", a: split, b: split });
    program[split] = { op: "split", a: split + 1, b: program.length };
    return;
  }
  const splits: number[] = [];
  for (let i = min; i < max; i++) {
    splits.push(program.push({ op: "match" }) - 1);
    emit(part, program);
  }
  for (const split of splits) program[split] = { op: "split", a: split + 1, b: program.length };
}
