import type { Logger } from "@operatorkit/observe";
import { pinoLogger } from "./pino-logger.ts";
import { plainLogger } from "./plain-logger.ts";

/** Plain lines on a terminal, else one JSON object a line by pino, which is loaded here: who brings a logger does not pay for it. */
export async function defaultLogger(): Promise<Logger> {
  if (process.stdout.isTTY) return plainLogger();
  const { pino } = await import("pino");
  return pinoLogger(
    pino({
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    }),
  );
}
