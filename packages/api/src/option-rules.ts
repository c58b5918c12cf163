import { parseFieldSelector, parseLabelSelector, type Kind } from "@operatorkit/object";
import { having, must, type Rule } from "@operatorkit/observe/options";
import type { Client } from "./client.ts";

/** What an option that is a kind must be, for `checkOptions` of `@operatorkit/observe/options`. */
export const aKind: Rule = must("be a kind: one of @operatorkit/object/kinds, or made by defineKind", isKind);

/** What an option that is a client must be, where these methods of it are called. */
export function aClient(...methods: readonly (keyof Client)[]): Rule {
  return having("a client", methods, "connect() of @operatorkit/client makes one");
}

export const aListWatch: Rule = must("be a ListWatch, with kind, list and watch; client.listWatch(kind) makes one", (value) => {
  const { kind, list, watch } = (value ?? {}) as Record<string, unknown>;
  return isKind(kind) && typeof list === "function" && typeof watch === "function";
});

/** As text. What a server would refuse again and again is refused once, where it is given. */
export const aLabelSelector: Rule = aSelector("label", "app=web", parseLabelSelector);

export const aFieldSelector: Rule = aSelector("field", "metadata.name=web", parseFieldSelector);

function aSelector(of: string, example: string, parse: (text: string) => unknown): Rule {
  const aText = must(`be a ${of} selector, such as ${example}`, (value) => typeof value === "string");
  return {
    problem(field, value) {
      if (typeof value !== "string") return aText.problem(field, value);
      try {
        parse(value);
        return undefined;
      } catch (error) {
        return `${field}: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
  };
}

function isKind(value: unknown): boolean {
  const { kind, plural } = (value ?? {}) as Partial<Kind>;
  return typeof kind === "string" && typeof plural === "string";
}
