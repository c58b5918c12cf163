/** What an option must be. */
export interface Rule {
  /** It may not be left out. @default false */
  readonly required?: boolean;
  /** What is wrong with the value, beginning with the field: `resyncMs: -1 must be a number above 0`. Undefined when nothing is. */
  problem(field: string, value: unknown): string | undefined;
}

/** A rule of your own: `must("be a port", isPort)`. What helps may follow: `must("be a port; 0 takes any free one", isPort)`. */
export function must(be: string, isFine: (value: unknown) => boolean): Rule {
  return { problem: (field, value) => (isFine(value) ? undefined : `${field}: ${shown(value)} must ${be}`) };
}

/** The same, and it may not be left out. */
export function required(rule: Rule): Rule {
  return { ...rule, required: true };
}

export const aFunction: Rule = must("be a function", (value) => typeof value === "function");

export const aBoolean: Rule = must("be true or false", (value) => typeof value === "boolean");

export const aString: Rule = must("be a string, and not empty", (value) => typeof value === "string" && value !== "");

/** Also an empty one. */
export const anyString: Rule = must("be a string", (value) => typeof value === "string");

export const anAbortSignal: Rule = must("be an AbortSignal", (value) => isObject(value) && typeof value["aborted"] === "boolean");

export function oneOf(...values: readonly unknown[]): Rule {
  return must(`be ${values.map(shown).join(" or ")}`, (value) => values.includes(value));
}

export interface NumberRange {
  readonly above?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** @default false */
  readonly whole?: boolean;
  /** Infinity is refused. @default false */
  readonly finite?: boolean;
}

/** NaN is none, nor is a string of digits. */
export function aNumber({ above, atLeast, atMost, whole = false, finite = false }: NumberRange = {}): Rule {
  const bounds = [
    above === undefined ? "" : ` above ${above}`,
    atLeast === undefined ? "" : `, ${atLeast} or more`,
    atMost === undefined ? "" : `, ${atMost} or less`,
  ];
  return must(`be a ${whole ? "whole " : finite ? "finite " : ""}number${bounds.join("")}`, (value) => {
    if (typeof value !== "number" || (whole && !Number.isInteger(value)) || (finite && !Number.isFinite(value))) return false;
    return (above === undefined || value > above) && value >= (atLeast ?? value) && value <= (atMost ?? value);
  });
}

/** 0, which is any free one, too. */
export const aPort: Rule = aNumber({ atLeast: 0, atMost: 65_535, whole: true });

/** Anything with these methods: `having("a client", ["listWatch"], "connect() makes one")`. */
export function having(what: string, methods: readonly string[], help?: string): Rule {
  const be = `be ${what}, with ${methods.join(", ")}${help === undefined ? "" : `; ${help}`}`;
  return must(be, (value) => methods.every((method) => typeof (value as Fields | null | undefined)?.[method] === "function"));
}

/** A list. Each of its items must be so, and there. */
export function aList(item?: Rule): Rule {
  const rules = (list: Fields): [string, Rule][] => (item === undefined ? [] : Object.keys(list).map((at) => [at, required(item)]));
  return within(must("be a list", Array.isArray), rules, (field, at) => `${field}[${at}]`);
}

/** An object. Each of its values must be so, whatever its name. */
export function aRecord(value: Rule): Rule {
  return within(must("be an object", isObject), (record) => Object.keys(record).map((name) => [name, value]));
}

/** An object with these fields. Others are not looked at. */
export function anObject(rules: Readonly<Record<string, Rule>>): Rule {
  return within(must("be an object", isObject), () => Object.entries(rules));
}

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(
  itself: Rule,
  rulesOf: (value: Fields) => [string, Rule][],
  path = (field: string, name: string) => `${field}.${name}`,
): Rule {
  return {
    problem(field, value) {
      const problem = itself.problem(field, value);
      // It is what `itself` says.
      return problem ?? firstProblem(value as Fields, rulesOf(value as Fields), (name) => path(field, name));
    },
  };
}

/** The first of the fields that is not as its rule says. */
export function firstProblem(
  values: Fields,
  rules: readonly (readonly [string, Rule])[],
  path: (name: string) => string,
): string | undefined {
  for (const [name, rule] of rules) {
    const value = values[name];
    const problem = value === undefined && rule.required !== true ? undefined : rule.problem(path(name), value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Not whole: it may be large, and a long string a secret. */
function shown(value: unknown): string {
  if (value === undefined) return "is missing, and";
  if (typeof value === "string") return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
