import { isObject } from "../json-object.ts";
import type { FaultAction, FaultRuleOptions } from "./fault-rule.ts";

/** What is wrong with one value, as "must …"; `undefined` when nothing is. */
type Check = (value: unknown) => string | undefined;
type Fields = Readonly<Record<string, Check>>;

const text: Check = (value) => (typeof value === "string" ? undefined : "must be a string");
const flag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");
const number =
  (isGood: (value: number) => boolean, what: string): Check =>
  (value) =>
    typeof value === "number" && isGood(value) ? undefined : `must be ${what}`;
const milliseconds = number((value) => value >= 0 && value < Number.POSITIVE_INFINITY, "milliseconds, 0 or more");
const count = number((value) => Number.isSafeInteger(value) && value >= 0, "a whole number, 0 or more");
const positive = number((value) => Number.isSafeInteger(value) && value >= 1, "a whole number, 1 or more");
const oneOf = (...names: readonly string[]): Check => {
  return (value) => (names.includes(value as string) ? undefined : `must be ${names.join(" or ")}`);
};

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const TURNS: Fields = {
  nth: positive,
  times: number((value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 1), "a whole number, 1 or more"),
  probability: number((value) => value >= 0 && value <= 1, "from 0 to 1"),
  seed: number(Number.isSafeInteger, "a whole number"),
};
const EVENT: Fields = { ...TURNS, type: oneOf("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"), namespace: text, name: text };
const MATCH: Fields = {
  ...TURNS,
  verb: (value) => {
    const verbs = Array.isArray(value) ? value : [value];
    return verbs.length > 0 && verbs.every((verb) => VERBS.includes(verb as string)) ? undefined : `must be of ${VERBS.join(", ")}`;
  },
  kind: text,
  group: text,
  resource: text,
  subresource: text,
  namespace: text,
  name: text,
  method: text,
  path: text,
  userAgent: text,
  initialEvents: flag,
  continued: flag,
};
const CODE = number((value) => Number.isInteger(value) && value >= 400 && value <= 599, "a status from 400 to 599");

const ACTIONS: Readonly<Record<FaultAction["type"], { readonly needs?: readonly string[]; readonly fields: Fields }>> = {
  latency: { needs: ["ms"], fields: { ms: milliseconds, jitterMs: milliseconds } },
  hang: { fields: { forMs: milliseconds } },
  status: { needs: ["code"], fields: { code: CODE, reason: text, message: text, retryAfterSeconds: count } },
  answer: {
    needs: ["body"],
    fields: {
      code: number((value) => Number.isInteger(value) && value >= 200 && value <= 599, "a status from 200 to 599"),
      contentType: text,
      body: text,
    },
  },
  expire: { fields: { as: oneOf("status", "event", "end"), reason: oneOf("Expired", "Gone"), continueToken: flag } },
  watchList: { needs: ["as"], fields: { as: oneOf("refused", "ignored", "cut", "unending"), code: CODE, afterEvents: count } },
  reset: {
    fields: {
      at: oneOf("before-headers", "after-commit", "mid-page", "mid-event", "after-events"),
      afterEvents: count,
      afterBytes: count,
      scope: oneOf("request", "connection"),
    },
  },
  silence: { fields: { afterEvents: count, afterBytes: count, forMs: milliseconds } },
  end: { fields: { afterEvents: count } },
  drop: { fields: {} },
  delay: { needs: ["ms"], fields: { ms: milliseconds } },
  duplicate: { fields: { copies: positive } },
  stale: { fields: { back: positive } },
  corrupt: { fields: { how: oneOf("garbage", "truncated", "html") } },
  drip: { needs: ["everyMs"], fields: { bytes: positive, everyMs: milliseconds } },
};

/** @throws TypeError naming the field that cannot be, and what it must be */
export function checkFaultRule(rule: FaultRuleOptions): void {
  checkFields("rule", rule, { when: () => undefined, do: () => undefined }, ["do"]);
  const { when, do: action } = rule as { readonly when?: unknown; readonly do: unknown };
  if (when !== undefined) checkMatch("when", when);
  const type = isObject(action) ? String(action["type"]) : "";
  const known = Object.hasOwn(ACTIONS, type) ? ACTIONS[type as FaultAction["type"]] : undefined;
  if (known === undefined) throw new TypeError(`fault rule: do.type must be one of ${Object.keys(ACTIONS).join(", ")}, not ${shown(type)}`);
  checkFields("do", action, { ...known.fields, type: text }, known.needs);
  if (isObject(when) && when["event"] !== undefined && !ON_EVENTS.has(type))
    throw new TypeError(`fault rule: when.event has no meaning for do.type ${type}`);
}

/** @throws TypeError as `checkFaultRule` */
export function checkMatch(path: string, match: unknown): void {
  checkFields(path, match, { ...MATCH, event: () => undefined });
  const { event } = match as { readonly event?: unknown };
  if (event !== undefined) checkFields(`${path}.event`, event, EVENT);
}

const ON_EVENTS: ReadonlySet<string> = new Set(["drop", "delay", "duplicate", "stale", "corrupt", "reset", "silence", "end"]);

function checkFields(path: string, value: unknown, fields: Fields, needs: readonly string[] = []): void {
  if (!isObject(value)) throw new TypeError(`fault rule: ${path} must be an object, not ${shown(value)}`);
  for (const name of needs) if (value[name] === undefined) throw new TypeError(`fault rule: ${at(path, name)} is missing`);
  for (const [name, given] of Object.entries(value)) {
    if (given === undefined) continue;
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (check === undefined) {
      throw new TypeError(`fault rule: ${at(path, name)} is not known here; known: ${Object.keys(fields).join(", ")}`);
    }
    const problem = check(given);
    if (problem !== undefined) throw new TypeError(`fault rule: ${at(path, name)} ${problem}, not ${shown(given)}`);
  }
}

function at(path: string, name: string): string {
  return path === "rule" ? name : `${path}.${name}`;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
