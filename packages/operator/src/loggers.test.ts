import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { pinoLogger } from "./pino-logger.ts";
import { plainLogger } from "./plain-logger.ts";

describe("pinoLogger", () => {
  it("carries fields and errors with their cause through a pino of yours", () => {
    const lines: string[] = [];
    const stream = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    const logger = pinoLogger(pino({ base: null, timestamp: false }, stream));
    logger.with({ controller: "echo" }).warn("watch out", { object: "n/a" });
    logger.debug("too quiet");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ level: 40, controller: "echo", object: "n/a", msg: "watch out" }]);
  });
});

describe("plainLogger", () => {
  it("writes a line for people, with its fields, and errors with their causes", () => {
    const lines: string[] = [];
    const logger = plainLogger({ write: (line) => void lines.push(line), now: () => new Date(2026, 0, 1, 12, 0, 1).getTime() });
    logger.with({ controller: "echo" }).info("started", { count: 2 });
    logger.debug("too quiet");
    logger.error("failed", { error: new Error("no", { cause: new TypeError("because") }) });
    expect(lines[0]).toBe("12:00:01 info  started controller=echo count=2\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^12:00:01 error failed\n {2}Error: no\n {6}at [^]*\n {2}caused by TypeError: because\n/);
  });
});
