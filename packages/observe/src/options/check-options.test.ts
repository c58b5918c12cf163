import { expect, it } from "vitest";
import { silentLogger, noMetrics, noTracer, systemClock } from "../index.ts";
import {
  aBoolean,
  aFunction,
  aList,
  aNumber,
  anObject,
  aRecord,
  aString,
  checkOptions,
  having,
  must,
  oneOf,
  optionError,
  required,
} from "./index.ts";
import type { Rule } from "./index.ts";

const refusal = (rule: Rule, value: unknown): string | undefined => {
  try {
    checkOptions("Thing", { field: value }, { field: rule });
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  return undefined;
};

const aClient = having("a client", ["get", "list"], "connect() makes one");
const nested = anObject({ map: required(aFunction), limit: aNumber({ atLeast: 0 }) });

it.each<[string, Rule, unknown, string]>([
  ["a negative number", aNumber({ above: 0 }), -1, "-1 must be a number above 0"],
  ["the bound itself, which is not above it", aNumber({ above: 0 }), 0, "0 must be a number above 0"],
  ["a number below the least", aNumber({ atLeast: 1, whole: true }), 0, "0 must be a whole number, 1 or more"],
  ["a number above the most", aNumber({ atLeast: 0, atMost: 9 }), 10, "10 must be a number, 0 or more, 9 or less"],
  ["half of one", aNumber({ whole: true }), 0.5, "0.5 must be a whole number"],
  ["infinity where it is to be finite", aNumber({ finite: true }), Infinity, "Infinity must be a finite number"],
  ["NaN", aNumber(), Number.NaN, "NaN must be a number"],
  ["digits", aNumber(), "5", '"5" must be a number'],
  ["null", aNumber(), null, "null must be a number"],
  ["what is no function", aFunction, {}, "an object must be a function"],
  ["a word for a switch", aBoolean, "no", '"no" must be true or false'],
  ["an empty string", aString, "", '"" must be a string, and not empty'],
  ["a long string, without showing it", aFunction, "s".repeat(41), "a string of 41 characters must be a function"],
  ["what is none of a few", oneOf("keep", "release", false), "drop", '"drop" must be "keep" or "release" or false'],
  ["what lacks a method", aClient, { get: () => {} }, "an object must be a client, with get, list; connect() makes one"],
  ["null for what has methods", aClient, null, "null must be a client, with get, list; connect() makes one"],
  ["what is left out and required", required(aFunction), undefined, "is missing, and must be a function"],
  ["what breaks a rule of one's own", must("be even", (value) => Number(value) % 2 === 0), 3, "3 must be even"],
  ["what is no list", aList(), {}, "an object must be a list"],
  ["what is no object", aRecord(aFunction), [], "a list must be an object"],
])("refuses %s, naming who, which option, the value and what it must be", (_what, rule, value, why) => {
  expect(refusal(rule, value)).toBe(`Thing: field: ${why}`);
});

it.each<[string, Rule, unknown, string]>([
  ["an item of a list", aList(aFunction), [() => {}, 1], "field[1]: 1 must be a function"],
  ["an item that is not there", aList(aFunction), [undefined], "field[0]: is missing, and must be a function"],
  ["a value of a record", aRecord(aNumber({ above: 0 })), { watchMs: 1, listMs: 0 }, "field.listMs: 0 must be a number above 0"],
  ["a field of an object", nested, { map: () => {}, limit: -1 }, "field.limit: -1 must be a number, 0 or more"],
  ["a required field of one in a list", aList(nested), [{}], "field[0].map: is missing, and must be a function"],
])("names %s by its path", (_what, rule, value, why) => {
  expect(refusal(rule, value)).toBe(`Thing: ${why}`);
});

it.each<[string, Rule, unknown]>([
  ["an option that is left out", aNumber({ above: 0 }), undefined],
  ["infinity, where it need not be finite", aNumber({ above: 0 }), Infinity],
  ["a bound", aNumber({ atLeast: 0, atMost: 9, whole: true }), 9],
  ["a required option that is given", required(aBoolean), false],
  ["one of a few", oneOf("keep", false), false],
  ["a function that has the methods", aClient, Object.assign(() => {}, { get: () => {}, list: () => {} })],
  ["a list of anything", aList(), [undefined, 1]],
  ["a value of a record that is left out", aRecord(aFunction), { one: undefined }],
  ["a field that no rule is about", nested, { map: () => {}, other: 1 }],
])("passes %s", (_what, rule, value) => {
  expect(refusal(rule, value)).toBeUndefined();
});

it.each([undefined, null, 1, "options", []])("refuses %s for options", (options) => {
  expect(() => checkOptions("Thing", options as unknown as object, {})).toThrow(
    new TypeError("Thing: options are missing; give one object of them"),
  );
});

it.each([
  ["clock", Date, "a function must be a Clock, with now, monotonicMs, setTimer"],
  ["logger", console, "an object must be a Logger, with debug, info, warn, error, with; pinoLogger() makes one of a pino of yours"],
  ["metrics", true, "true must be Metrics, with counter, gauge, histogram"],
  ["tracer", {}, "an object must be a Tracer, with startSpan; otelTracer() makes one of OpenTelemetry's"],
  ["signal", new AbortController(), "an object must be an AbortSignal"],
  ["onError", null, "null must be a function"],
])("looks at %s without being told to", (name, value, why) => {
  expect(() => checkOptions("Thing", { [name]: value }, {})).toThrow(new TypeError(`Thing: ${name}: ${why}`));
});

it("passes what this package offers, and lets a rule go before ours", () => {
  const options = {
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
    tracer: noTracer,
    signal: AbortSignal.abort(),
    onError() {},
  };
  checkOptions("Thing", options, {});
  checkOptions("Thing", { metrics: true }, { metrics: aBoolean });
  expect(() => checkOptions("Thing", { metrics: undefined }, { metrics: required(aBoolean) })).toThrow("metrics: is missing");
});

it("tells of the first option that is wrong, in the order of the rules", () => {
  const options = { a: 1, b: 1, signal: 1 };
  expect(() => checkOptions("Thing", options, { b: aFunction, a: aFunction })).toThrow("Thing: b: 1 must be a function");
});

it.each([
  [{ name: "orders" }, "Thing orders: field: is missing"],
  [{ name: "" }, "Thing: field: is missing"],
  [{ name: 1 }, "Thing: field: is missing"],
])("calls who has a name by it: %j", (options, message) => {
  expect(() => checkOptions<{ name: unknown; field?: unknown }>("Thing", options, { field: required(aFunction) })).toThrow(message);
});

it("makes an error in the same words for what no rule can tell", () => {
  const cause = new Error("cause");
  const error = optionError("Thing x", "resyncWaitMs", "is about resyncs, and there are none without resyncMs", { cause });
  expect(error).toEqual(new TypeError("Thing x: resyncWaitMs: is about resyncs, and there are none without resyncMs"));
  expect(error.cause).toBe(cause);
});
