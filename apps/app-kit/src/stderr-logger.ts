import type { Logger } from "operatorkit";
import { lineLogger } from "./line-logger.ts";

/** Log lines on stderr, with their fields as JSON. */
export function stderrLogger(): Logger {
  return lineLogger((level, line) => process.stderr.write(`${new Date().toISOString()} ${level} ${line}\n`));
}
