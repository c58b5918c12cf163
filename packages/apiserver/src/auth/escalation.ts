import { type JsonObject, listAt } from "../json-object.ts";
import type { UserInfo } from "../handler.ts";
import { matchesUrl } from "./rights.ts";

const FIELDS = [
  ["apiGroups", "APIGroups"],
  ["resources", "Resources"],
  ["nonResourceURLs", "NonResourceURLs"],
  ["resourceNames", "ResourceNames"],
  ["verbs", "Verbs"],
] as const;

/**
 * Why somebody may not hand these rules on: they hold less themselves. Undefined when they may.
 * Source: k8s.io/kubernetes `pkg/registry/rbac/validation/rule.go`, `policy_compact.go`; component-helpers `auth/rbac/validation/policy_comparator.go`.
 */
export function escalation({ name, groups }: UserInfo, held: readonly JsonObject[], wanted: readonly JsonObject[]): string | undefined {
  const missing = wanted.flatMap(parts).filter((part) => !held.some((rule) => covers(rule, part)));
  if (missing.length === 0) return undefined;
  const shown = [...new Set(compacted(missing).map(shownRule))].sort();
  return `user ${JSON.stringify(name)} (groups=${quoted(groups)}) is attempting to grant RBAC permissions not currently held:\n${shown.join("\n")}`;
}

/** A rule as many that say one thing each. */
function parts(rule: JsonObject): readonly JsonObject[] {
  const verbs = listAt(rule, "verbs");
  const names = listAt(rule, "resourceNames");
  const onResources = listAt(rule, "apiGroups").flatMap((group) =>
    listAt(rule, "resources").flatMap((resource) =>
      verbs.flatMap((verb) => {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        return names.length === 0 ? [part] : names.map((name) => ({ ...part, resourceNames: [name] }));
      }),
    ),
  );
  return [
    ...onResources,
    ...listAt(rule, "nonResourceURLs").flatMap((url) => verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] }))),
  ];
}

function covers(rule: JsonObject, part: JsonObject): boolean {
  const names = listAt(rule, "resourceNames");
  const [name] = listAt(part, "resourceNames");
  return (
    coversAll(rule, part, "verbs") &&
    coversAll(rule, part, "apiGroups") &&
    listAt(part, "resources").every((resource) => coversResource(rule, String(resource))) &&
    listAt(part, "nonResourceURLs").every((url) =>
      listAt(rule, "nonResourceURLs").some((own) => own === "*" || matchesUrl(String(own), String(url))),
    ) &&
    (names.length === 0 || names.includes(name))
  );
}

function coversAll(rule: JsonObject, part: JsonObject, key: "verbs" | "apiGroups"): boolean {
  const own = listAt(rule, key);
  return own.includes("*") || listAt(part, key).every((value) => own.includes(value));
}

function coversResource(rule: JsonObject, resource: string): boolean {
  const own = listAt(rule, "resources");
  const slash = resource.indexOf("/");
  return own.includes("*") || own.includes(resource) || (slash !== -1 && own.includes(`*${resource.slice(slash)}`));
}

/** Parts about the same resource become one rule again. */
function compacted(rules: readonly JsonObject[]): readonly JsonObject[] {
  const byResource = new Map<string, JsonObject>();
  const others: JsonObject[] = [];
  for (const rule of rules) {
    if (rule["nonResourceURLs"] !== undefined) {
      others.push(rule);
      continue;
    }
    const { verbs, ...resource } = rule;
    const key = JSON.stringify(resource);
    const known = byResource.get(key);
    byResource.set(key, { ...resource, verbs: [...listAt(known, "verbs"), ...(verbs as string[])] });
  }
  return [...others, ...byResource.values()];
}

function shownRule(rule: JsonObject): string {
  const fields = FIELDS.filter(([key]) => listAt(rule, key).length > 0);
  return `{${fields.map(([key, shown]) => `${shown}:${quoted(listAt(rule, key))}`).join(", ")}}`;
}

function quoted(values: readonly unknown[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}
