import { parseFieldSelector, parseLabelSelector, type Kind } from "@operatorkit/object";
import { having, must, type Rule } from "@operatorkit/observe/options";

/** What options must be that Kubernetes has words for. What a server would refuse again and again is refused once, where it is given. */
export const aKind: Rule = must("be a kind: one of object/kinds, or made by defineKind", isKind);

export const aListWatch: Rule = must("be a ListWatch, with kind, list and watch; client.listWatch(kind) makes one", (value) => {
  const { kind, list, watch } = (value ?? {}) as Record<string, unknown>;
  return isKind(kind) && typeof list === "function" && typeof watch === "function";
});

export const aListingClient: Rule = having("a client", ["listWatch"], "connect() makes one");

/** Empty means all, as in the API. */
export const aNamespace: Rule = must("be a string; leave it out for all namespaces", (value) => typeof value === "string");

export const aLabelSelector: Rule = selector("label", "app=web", parseLabelSelector);

export const aFieldSelector: Rule = selector("field", "metadata.name=web", parseFieldSelector);

function selector(of: string, example: string, parse: (text: string) => unknown): Rule {
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
