import { on } from "node:events";
import type { Writable } from "node:stream";

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

/** What is wrong with it, if anything. */
export function problemOf({ columns, rows }: TerminalSize): string | undefined {
  const [name, value] = Object.entries({ columns, rows }).find(([, size]) => !Number.isInteger(size) || size < 1 || size > 65_535) ?? [];
  return name === undefined ? undefined : `terminalSize: ${name} is ${value}, and must be a whole number from 1 to 65535`;
}

/** As it is sent. Throws a RangeError where it is no size. */
export function resizeMessage({ columns, rows }: TerminalSize): Uint8Array {
  const problem = problemOf({ columns, rows });
  if (problem !== undefined) throw new RangeError(problem);
  return Buffer.from(JSON.stringify({ Width: columns, Height: rows }));
}

async function* alone(size: TerminalSize): AsyncGenerator<TerminalSize, void, undefined> {
  yield size;
}

async function* follow(terminal: Partial<TerminalSize>, resizes: AsyncIterable<unknown>): AsyncGenerator<TerminalSize, void, undefined> {
  const size = ({ columns = 0, rows = 0 }: Partial<TerminalSize>): TerminalSize => ({ columns, rows });
  // A terminal that does not know its size says 0.
  if (problemOf(size(terminal)) === undefined) yield size(terminal);
  for await (const _ of resizes) if (problemOf(size(terminal)) === undefined) yield size(terminal);
}
