import { execFileSync } from "node:child_process";
import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, it, vi } from "vitest";
import { defaultLogger } from "./default-logger.ts";
import { loggedError } from "./logged-error.ts";
import { pinoLogger } from "./pino-logger.ts";
import { plainLogger } from "./plain-logger.ts";

describe("pinoLogger", () => {
  it("carries fields and errors with their cause through a pino of yours", () => {
    const lines: string[] = [];
    const stream = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    const logger = pinoLogger(pino({ base: null, timestamp: false }, stream));
    logger.with({ controller: "echo" }).warn("watch out", { object: "n/a" });
    logger.debug("too quiet");
    logger.error("failed", { error: Object.assign(new Error("no", { cause: new TypeError("because") }), { code: "NotFound" }) });
    const [first, second] = lines.map((line) => JSON.parse(line) as { error?: { stack: string } });
    expect(first).toEqual({ level: 40, controller: "echo", object: "n/a", msg: "watch out" });
    expect(second).toMatchObject({
      error: { type: "Error", message: "no", code: "NotFound", cause: { type: "TypeError", message: "because" } },
    });
    expect(second?.error?.stack).toContain("loggers.test.ts");
  });
});

describe("loggedError", () => {
  it("has each of several errors, ends a ring of causes, and leaves what is no error as it is", () => {
    const ring = new Error("ring");
    ring.cause = new Error("inner", { cause: ring });
    expect(loggedError(ring)).toMatchObject({ message: "ring", cause: { message: "inner", cause: "ring" } });
    expect(loggedError(new AggregateError([new RangeError("a"), "b"], "both"))).toMatchObject({
      type: "AggregateError",
      errors: [{ type: "RangeError", message: "a" }, "b"],
    });
    expect([loggedError("text"), loggedError(undefined)]).toEqual(["text", undefined]);
  });
});

describe("defaultLogger", () => {
  it("writes plain lines on a terminal", async () => {
    const { isTTY } = process.stdout;
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
    try {
      process.stdout.isTTY = true;
      (await defaultLogger()).info("started");
    } finally {
      process.stdout.isTTY = isTTY;
      write.mockRestore();
    }
    expect(written).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d info  started\n$/)]);
  });

  it("writes one JSON object a line elsewhere, errors with all they say", () => {
    const script = `
      import { defaultLogger } from ${JSON.stringify(new URL("./default-logger.ts", import.meta.url).href)};
      (await defaultLogger()).with({ controller: "echo" }).error("failed", { error: new Error("no") });`;
    const line = execFileSync(process.execPath, ["--conditions=source", "--input-type=module", "--eval", script], { encoding: "utf8" });
    expect(JSON.parse(line)).toMatchObject({ level: "error", controller: "echo", msg: "failed", error: { type: "Error", message: "no" } });
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
