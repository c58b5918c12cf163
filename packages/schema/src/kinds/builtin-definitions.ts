import { definitionNames, definitionTexts, documentRoots } from "./generated/builtin-definitions.ts";

/** A definition of the server's OpenAPI v3 documents, as it is on the wire. References read `#/components/schemas/<name>`. */
export interface OpenApiDefinition {
  readonly [keyword: string]: unknown;
}

const parsed = new Map<string, OpenApiDefinition>();

/** The definition with this name (`io.k8s.api.apps.v1.Deployment`), parsed at its first use, or undefined. Do not change it. */
export function builtinDefinition(name: string): OpenApiDefinition | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const text = definitionTexts.find((texts) => Object.hasOwn(texts, name))?.[name];
  if (text === undefined) return undefined;
  const definition = JSON.parse(text) as OpenApiDefinition;
  parsed.set(name, definition);
  return definition;
}

/** The name of a built-in kind's definition, or undefined when the real server has no such kind. */
export function builtinDefinitionName(group: string, version: string, kind: string): string | undefined {
  const key = `${group}/${version}/${kind}`;
  return Object.hasOwn(definitionNames, key) ? definitionNames[key] : undefined;
}

/** What `definitionsFor` is limited to. */
export interface DefinitionsForOptions {
  /**
   * The kinds whose definitions (and their lists' and parts') are wanted; those every document has (DeleteOptions, Status,
   * WatchEvent, Patch) come with them.
   * @default every kind of the group version
   */
  readonly kinds?: readonly string[];
}

/**
 * The `components.schemas` of a group version's OpenAPI v3 document, as the real server has them, except that descriptions are
 * cut to their first sentence. Empty when the real server has no such group version.
 */
export function definitionsFor(group: string, version: string, options: DefinitionsForOptions = {}): Record<string, OpenApiDefinition> {
  const roots = documentRoots[`${group}/${version}`] ?? [];
  const found = new Map<string, OpenApiDefinition>();
  const queue = roots.filter((name) => isWanted(name, options.kinds));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    const definition = builtinDefinition(name);
    if (definition === undefined) throw new Error(`built-in kinds of ${group}/${version}: ${name} is referred to and not defined`);
    found.set(name, META_IN_EVERY_GROUP.has(name) ? inGroup(definition, group, version) : definition);
    queue.push(...referencesIn(definition));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const META_IN_EVERY_GROUP: ReadonlySet<string> = new Set([`${META}DeleteOptions`, `${META}WatchEvent`]);

function isWanted(name: string, kinds: readonly string[] | undefined): boolean {
  if (kinds === undefined || name.startsWith(META)) return true;
  const last = name.slice(name.lastIndexOf(".") + 1);
  return kinds.includes(last) || (last.endsWith("List") && kinds.includes(last.slice(0, -"List".length)));
}

/** DeleteOptions and WatchEvent say that they belong to the document's group too. */
function inGroup(definition: OpenApiDefinition, group: string, version: string): OpenApiDefinition {
  const kinds = definition["x-kubernetes-group-version-kind"] as readonly { group: string; version: string; kind: string }[];
  const [core] = kinds;
  if (group === "" || core === undefined) return definition;
  return { ...definition, "x-kubernetes-group-version-kind": [core, { ...core, group, version }] };
}

const REF = "#/components/schemas/";

/** The names of the definitions a definition refers to. */
function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === "$ref" && typeof part === "string" ? [part.slice(REF.length)] : referencesIn(part),
  );
}
