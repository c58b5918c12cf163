import { aFunction, anAbortSignal, firstProblem, having, isObject, type Rule } from "./rule.ts";

/** By option, what it must be. Those without a rule may be anything. */
export type OptionRules<T> = { readonly [Name in keyof T]?: Rule };

/**
 * Refuses options that cannot work, where they are given and in one wording: `Informer: resyncMs: -1 must be a number above 0`.
 * For callers without types too: no options at all, null and NaN are told in the same words.
 *
 * An option that is undefined is left out, and passes unless its rule is `required`. What everything here takes is looked at without
 * being named: `clock`, `logger`, `metrics`, `tracer`, `signal` and `onError`. A rule for one of them goes in the place of ours.
 *
 * @param what who is given them, by the name it is imported by: `Informer`. Its own, the option `name`, is added: `WorkQueue orders`.
 * @throws {TypeError} for the first option that is wrong; also for a number out of its range, so that who makes objects of
 * configuration has one class to catch, and NaN, "5" and -1 are the same mistake.
 */
export function checkOptions<T extends object>(what: string, options: T, rules: OptionRules<T>): void {
  if (!isObject(options)) throw new TypeError(`${what}: options are missing; give one object of them`);
  const shared = SHARED.filter(([name]) => options[name] !== undefined && !Object.hasOwn(rules, name));
  // A rule that is undefined is not allowed by the types, which Object.entries does not see of a T.
  const own = Object.entries(rules) as [string, Rule][];
  const problem = firstProblem(options, [...own, ...shared], (name) => name);
  const { name } = options as { readonly name?: unknown };
  const named = typeof name === "string" && name !== "" ? `${what} ${name}` : what;
  if (problem !== undefined) throw new TypeError(`${named}: ${problem}`);
}

/** What to throw for an option when no rule can tell, as when two do not go together. In the words and the class of `checkOptions`. */
export function optionError(what: string, field: string, why: string, options?: ErrorOptions): TypeError {
  return new TypeError(`${what}: ${field}: ${why}`, options);
}

const SHARED: readonly (readonly [string, Rule])[] = [
  ["clock", having("a Clock", ["now", "monotonicMs", "setTimer"])],
  ["logger", having("a Logger", ["debug", "info", "warn", "error", "with"], "pinoLogger() makes one of a pino of yours")],
  ["metrics", having("Metrics", ["counter", "gauge", "histogram"])],
  ["tracer", having("a Tracer", ["startSpan"], "otelTracer() makes one of OpenTelemetry's")],
  ["signal", anAbortSignal],
  ["onError", aFunction],
];
