import { having, must, type Rule } from "@operatorkit/observe/options";
import type { Client } from "./client.ts";

/** What an option that is a kind must be, for `checkOptions` of `@operatorkit/observe/options`. */
export const aKind: Rule = must(
  "be a kind: one of @operatorkit/object/kinds, or made by defineKind",
  (value) => typeof (value as { readonly kind?: unknown } | null | undefined)?.kind === "string",
);

/** What an option that is a client must be, where these methods of it are called. */
export function aClient(...methods: readonly (keyof Client)[]): Rule {
  return having("a client", methods, "connect() of @operatorkit/client makes one");
}
