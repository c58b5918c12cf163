import type { Client, Runnable, RunOptions } from "@operatorkit/api";
import { noMetrics, noTracer, silentLogger, sleep, type Logger, type Tracer } from "@operatorkit/observe";
import { ManualClock, RecordingTracer } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { OperatorError } from "./operator-error.ts";
import { Operator } from "./operator.ts";

/** No runnable here asks for anything. */
const client = { listWatch: () => undefined } as unknown as Client;

/** Runs until it is stopped; then takes as long as `stop` does. */
function runnable(name: string, { stop = async () => {}, fail }: { stop?: () => Promise<void>; fail?: Promise<never> } = {}) {
  const seen: { started: number; stopped: number; options: RunOptions | undefined } = { started: 0, stopped: 0, options: undefined };
  const subject: Runnable = {
    name,
    async run(options) {
      seen.started += 1;
      seen.options = options;
      const aborted = new Promise<void>((resolve) => options.signal.addEventListener("abort", () => resolve(), { once: true }));
      await (fail === undefined ? aborted : Promise.race([aborted, fail]));
      await stop();
      seen.stopped += 1;
    },
  };
  return { subject, seen };
}
const informersOf = (options: RunOptions | undefined) => (options as { informers?: unknown } | undefined)?.informers;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("Operator", () => {
  it("starts everything, and resolves when everything has ended after a stop", async () => {
    const a = runnable("a");
    const b = runnable("b");
    const stop = new AbortController();
    const running = new Operator({ client, logger: silentLogger, runnables: [a.subject, b.subject] }).run({ signal: stop.signal });
    await turn();
    expect([a.seen.started, b.seen.started]).toEqual([1, 1]);
    stop.abort();
    await running;
    expect([a.seen.stopped, b.seen.stopped]).toEqual([1, 1]);
  });

  it("stops the others when one fails, and rejects with the first failure and the rest", async () => {
    const fail = Promise.withResolvers<never>();
    const a = runnable("a", { fail: fail.promise });
    const second = new Error("b could not stop");
    const b = runnable("b", { stop: () => Promise.reject(second) });
    const running = new Operator({ client, logger: silentLogger, runnables: [a.subject, b.subject] }).run();
    const failed = running.catch((error: unknown) => error);
    await turn();
    const first = new Error("a broke");
    fail.reject(first);
    const error = await failed;
    expect(error).toBeInstanceOf(OperatorError);
    expect(error).toMatchObject({ code: "RunnableFailed", message: "operator: a failed: a broke", cause: first, errors: [first, second] });
  });

  it("tells what failed although its logger throws", async () => {
    const error = (): never => {
      throw new Error("no disk");
    };
    const logger: Logger = { ...silentLogger, error, debug: error };
    const fail = Promise.withResolvers<never>();
    const operator = new Operator({ client, logger, runnables: [runnable("a", { fail: fail.promise }).subject] });
    const failed = operator.run().catch((thrown: unknown) => thrown);
    await turn();
    const first = new Error("a broke");
    fail.reject(first);
    expect(await failed).toMatchObject({ code: "RunnableFailed", message: "operator: a failed: a broke", cause: first });
  });

  it("treats a synchronous throw as a failure", async () => {
    const broken: Runnable = {
      name: "broken",
      run: () => {
        throw new Error("at once");
      },
    };
    await expect(new Operator({ client, logger: silentLogger, runnables: [broken] }).run()).rejects.toThrow("broken failed: at once");
  });

  it("takes a rejection with the signal's reason for a clean end", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const loop: Runnable = { name: "loop", run: ({ signal }) => sleep(60_000, { signal, clock }) };
    const running = new Operator({ client, logger: silentLogger, runnables: [loop], clock }).run({ signal: stop.signal });
    await turn();
    stop.abort(new Error("enough"));
    await running;
    expect(clock.pendingTimers).toBe(0);
  });

  it("goes on when a runnable ends by itself", async () => {
    const stop = new AbortController();
    let ended = false;
    const running = new Operator({ client, logger: silentLogger, runnables: [{ name: "once", run: async () => {} }] })
      .run({ signal: stop.signal })
      .then(() => (ended = true));
    await turn();
    expect(ended).toBe(false);
    stop.abort();
    await running;
  });

  it("names what does not stop in time, and rejects", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const stuck = runnable("stuck", { stop: () => new Promise(() => {}) });
    const running = new Operator({
      client,
      logger: silentLogger,
      runnables: [stuck.subject, runnable("fine").subject],
      clock,
      stopTimeoutMs: 1_000,
    }).run({
      signal: stop.signal,
    });
    const failed = running.catch((error: unknown) => error);
    await turn();
    stop.abort();
    await clock.advance(1_000);
    expect(await failed).toMatchObject({
      code: "StopTimeout",
      message: expect.stringContaining("operator: stuck did not stop within 1 s"),
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it("starts what is added while it runs, and refuses it after", async () => {
    const stop = new AbortController();
    const operator = new Operator({ client, logger: silentLogger });
    const running = operator.run({ signal: stop.signal });
    const late = runnable("late");
    operator.add(late.subject);
    await turn();
    expect(late.seen.started).toBe(1);
    stop.abort();
    await running;
    expect(late.seen.stopped).toBe(1);
    expect(() => operator.add(runnable("too-late").subject)).toThrow("it has stopped");
  });

  it("stops at SIGTERM, a second one changes nothing, and leaves no handler", async () => {
    const before = process.listenerCount("SIGTERM");
    const slow = Promise.withResolvers<void>();
    const a = runnable("a", { stop: () => slow.promise });
    const running = new Operator({ client, logger: silentLogger, runnables: [a.subject] }).run();
    await turn();
    process.emit("SIGTERM");
    process.emit("SIGTERM");
    await turn();
    expect(a.seen.options?.signal.aborted).toBe(true);
    expect(a.seen.stopped).toBe(0);
    slow.resolve();
    await running;
    expect(process.listenerCount("SIGTERM")).toBe(before);
  });

  it("does not start twice, nor two of one name, nor what cannot run", async () => {
    const operator = new Operator({ client, logger: silentLogger });
    await operator.run({ signal: AbortSignal.abort() });
    await expect(operator.run()).rejects.toThrow("it has stopped");
    expect(() => new Operator({ client, logger: silentLogger, runnables: [runnable("a").subject, runnable("a").subject] })).toThrow(
      "two are named a",
    );
    expect(() => new Operator({ client, logger: silentLogger, runnables: [{ name: "a" } as Runnable] })).toThrow(
      "Operator: runnables[0].run: is missing",
    );
    expect(() => new Operator(undefined as never)).toThrow("Operator: options are missing; give one object of them");
    expect(() => new Operator({} as never)).toThrow("Operator: client: is missing, and must be a client, with listWatch");
    expect(() => new Operator({ client, runnables: runnable("a").subject as never })).toThrow(
      "Operator: runnables: an object must be a list",
    );
    expect(() => new Operator({ client, logger: console as never })).toThrow(
      "Operator: logger: an object must be a Logger, with debug, info, warn, error, with; pinoLogger() makes one",
    );
  });

  it("hands the same informers to all", async () => {
    const stop = new AbortController();
    const a = runnable("a");
    const b = runnable("b");
    const running = new Operator({ client, logger: silentLogger, runnables: [a.subject, b.subject] }).run({ signal: stop.signal });
    await turn();
    expect(informersOf(a.seen.options)).toBeDefined();
    expect(informersOf(a.seen.options)).toBe(informersOf(b.seen.options));
    stop.abort();
    await running;
  });

  it("hands its tracer to all, and one that does nothing when it has none", async () => {
    for (const tracer of [new RecordingTracer(), undefined]) {
      const stop = new AbortController();
      const a = runnable("a");
      const options = { client, logger: silentLogger, runnables: [a.subject], ...(tracer !== undefined && { tracer }) };
      const running = new Operator(options).run({ signal: stop.signal });
      await turn();
      expect(a.seen.options?.tracer).toBe(tracer ?? noTracer);
      stop.abort();
      await running;
    }
  });

  it("refuses a tracer that starts no spans", () => {
    const tracer = {} as Tracer;
    expect(() => new Operator({ client, tracer })).toThrow("Operator: tracer: an object must be a Tracer");
  });
});

describe("Operator with a health port", () => {
  it("serves the checks of every runnable, its own, and metrics", async () => {
    const stop = new AbortController();
    let ailment: string | undefined = "cache is cold";
    const sick: Runnable = { ...runnable("sick").subject, healthChecks: () => [{ name: "sick", type: "ready", check: () => ailment }] };
    const operator = new Operator({
      client,
      runnables: [sick],
      healthPort: 0,
      healthHost: "127.0.0.1",
      metrics: true,
      logger: silentLogger,
    });
    const running = operator.run({ signal: stop.signal });
    await expect.poll(() => operator.healthPort).toBeDefined();
    const ask = async (path: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${operator.healthPort}${path}`);
      return `${response.status} ${await response.text()}`;
    };
    expect(await ask("/readyz")).toBe("503 sick: cache is cold\n");
    expect(await ask("/livez")).toBe("200 ok\n");
    ailment = undefined;
    expect(await ask("/readyz")).toBe("200 ok\n");
    expect(await ask("/metrics")).toMatch(/^200 /);
    stop.abort();
    await running;
    expect(operator.healthPort).toBeUndefined();
  });

  it("serves metrics of yours that have a text, and no others", async () => {
    for (const [metrics, expected] of [
      [{ ...noMetrics, text: () => "mine 1\n" }, "200 mine 1\n"],
      [noMetrics, "404 ask /livez, /readyz or /healthz\n"],
    ] as const) {
      const stop = new AbortController();
      const operator = new Operator({ client, logger: silentLogger, healthPort: 0, healthHost: "127.0.0.1", metrics });
      const running = operator.run({ signal: stop.signal });
      while (operator.healthPort === undefined) await turn();
      const response = await fetch(`http://127.0.0.1:${operator.healthPort}/metrics`);
      expect(`${response.status} ${await response.text()}`).toBe(expected);
      stop.abort();
      await running;
    }
  });

  it("refuses metrics that nobody could read, and a port that is none", () => {
    expect(() => new Operator({ client, metrics: true })).toThrow(/metrics: they are served on healthPort/);
    expect(() => new Operator({ client, healthPort: 70_000 })).toThrow(/healthPort: 70000/);
    expect(() => new Operator({ client, stopTimeoutMs: -1 })).toThrow(/stopTimeoutMs/);
    expect(() => new Operator({ client, healthHost: "127.0.0.1" })).toThrow("Operator: healthHost: nothing is served without a healthPort");
    expect(() => new Operator({ client, metrics: "prometheus" as never })).toThrow(
      'Operator: metrics: "prometheus" must be true, false, or Metrics',
    );
    expect(() => new Operator({ client, runnables: [{ run: async () => {} } as never] })).toThrow(
      "Operator: runnables[0].name: is missing",
    );
  });

  it("refuses two runnables that keep the same finalizer on the same objects, and names both", async () => {
    const keeper = (name: string, finalizer: string, kind = "Echo"): Runnable => ({
      ...runnable(name).subject,
      finalizerClaims: () => [{ kind: { group: "example.com", kind }, finalizer }],
    });
    const operator = new Operator({ client, logger: silentLogger, runnables: [keeper("a", "x.com/a"), keeper("b", "x.com/a", "Other")] });
    operator.add(runnable("keeps none").subject);
    expect(() => operator.add(keeper("c", "x.com/a"))).toThrow(
      "Operator: runnables: a and c both keep the finalizer x.com/a on Echo, and would take it off each other; give one of them another finalizer or name",
    );
    expect(() => operator.add(keeper("c", "x.com/c"))).not.toThrow();
    const claims = [{ kind: { group: "example.com", kind: "Echo" }, finalizer: "x.com/late" }];
    const holder = (name: string): Runnable => ({ ...runnable(name).subject, finalizerClaims: () => (isFull ? claims : []) });
    let isFull = false;
    operator.add(holder("d"));
    operator.add(holder("e"));
    isFull = true;
    await expect(operator.run()).rejects.toThrow("Operator: runnables: d and e both keep the finalizer x.com/late on Echo");
  });
});
