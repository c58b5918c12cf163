import { on } from "node:events";
import type { Writable } from "node:stream";
import { aNumber, anObject, checkOptions, required, type Rule } from "@operatorkit/observe/options";

/** In characters, each from 1 to 65535. Source: client-go `remotecommand.TerminalSize`. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The sizes given; else those of the terminal that the output goes to, the present one first; none where it goes elsewhere. */
export function sizesOf(
  given: TerminalSize | AsyncIterable<TerminalSize> | undefined,
  stdout: Writable | undefined,
  signal: AbortSignal,
): AsyncIterable<TerminalSize> | undefined {
  if (given !== undefined) return Symbol.asyncIterator in given ? given : alone(given);
  // What process.stdout is where it is a terminal: a WriteStream of node:tty.
  const terminal: (Writable & Partial<TerminalSize>) | undefined = stdout;
  if (typeof terminal?.columns !== "number" || typeof terminal.rows !== "number") return undefined;
  return follow(terminal, on(terminal, "resize", { signal }));
}

const A_LENGTH = required(aNumber({ atLeast: 1, atMost: 65_535, whole: true }));
export const A_TERMINAL_SIZE: Rule = anObject({ columns: A_LENGTH, rows: A_LENGTH });

/** As it is sent. @throws {TypeError} where it is no size. */
export function resizeMessage(terminalSize: TerminalSize): Uint8Array {
  checkOptions("resize", { terminalSize }, { terminalSize: A_TERMINAL_SIZE });
  const { columns, rows } = terminalSize;
  return Buffer.from(JSON.stringify({ Width: columns, Height: rows }));
}

async function* alone(size: TerminalSize): AsyncGenerator<TerminalSize, void, undefined> {
  yield size;
}

async function* follow(terminal: Partial<TerminalSize>, resizes: AsyncIterable<unknown>): AsyncGenerator<TerminalSize, void, undefined> {
  const size = ({ columns = 0, rows = 0 }: Partial<TerminalSize>): TerminalSize => ({ columns, rows });
  // A terminal that does not know its size says 0.
  const isKnown = (): boolean => A_TERMINAL_SIZE.problem("terminalSize", size(terminal)) === undefined;
  if (isKnown()) yield size(terminal);
  for await (const _ of resizes) if (isKnown()) yield size(terminal);
}
