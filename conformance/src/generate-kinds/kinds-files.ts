import type { Definition, GroupVersionKind, ServedKind, ServerDescription } from "./server-description.ts";
import { firstSentence } from "./first-sentence.ts";
import { typeNames, type TypeName } from "./type-names.ts";
import { TypeText, type KindOfType, type References } from "./type-text.ts";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/**
 * The generated sources of `@operatorkit/object/kinds`, by path below `src/kinds`: a module of types for each API group
 * version (never loaded at run time), one module with the kinds as values, and the index.
 */
export function kindsFiles(server: ServerDescription): Map<string, string> {
  const byGvk = definitionsByGvk(server.definitions);
  const roots = [...server.kinds, ...server.subresourceKinds].flatMap((gvk) => byGvk.get(gvkKey(gvk)) ?? []);
  const kinds = new Map<string, KindOfType>();
  for (const root of roots) kinds.set(root, kindOfType(server.definitions.get(root)));
  const bootstrap = new TypeText({ names: new Map(), kindOf: (name) => kinds.get(name) });
  const wanted = reachable(roots, server.definitions, bootstrap);
  const names = typeNames(wanted);
  const text = new TypeText({ names, kindOf: (name) => kinds.get(name) });

  const files = new Map<string, string>();
  for (const [module, definitions] of byModule(names)) {
    files.set(`generated/${module}.ts`, typesModule(module, definitions, server, names, text));
  }
  const withValues = server.kinds.flatMap((served) => {
    const definition = byGvk.get(gvkKey(served));
    const name = definition === undefined ? undefined : names.get(definition);
    return definition === undefined || name === undefined
      ? []
      : [{ served, name, description: server.definitions.get(definition)?.description }];
  });
  files.set("generated/builtin-kinds.ts", valuesModule(withValues, server.version));
  files.set("index.ts", indexModule(withValues, names));
  return files;
}

interface KindWithValue {
  readonly served: ServedKind;
  readonly name: TypeName;
  readonly description: string | undefined;
}

function definitionsByGvk(definitions: ReadonlyMap<string, Definition>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, definition] of definitions) {
    const gvks = definition["x-kubernetes-group-version-kind"] ?? [];
    const [only] = gvks;
    if (gvks.length === 1 && only !== undefined && !name.startsWith(META)) found.set(gvkKey(only), name);
  }
  return found;
}

function gvkKey({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

function kindOfType(definition: Definition | undefined): KindOfType {
  const gvk = definition?.["x-kubernetes-group-version-kind"]?.[0];
  if (gvk === undefined) throw new Error("a kind without x-kubernetes-group-version-kind");
  const metadata = definition?.properties?.["metadata"];
  return {
    apiVersion: gvk.group === "" ? gvk.version : `${gvk.group}/${gvk.version}`,
    kind: gvk.kind,
    rootHasMetadata: (metadata?.allOf?.[0]?.$ref ?? metadata?.$ref)?.endsWith(".ObjectMeta") === true,
  };
}

function reachable(roots: readonly string[], definitions: ReadonlyMap<string, Definition>, text: TypeText): string[] {
  const seen = new Set<string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const definition = definitions.get(name);
    if (definition === undefined) throw new Error(`${name} is referred to and not defined`);
    queue.push(...text.mentions(definition));
  }
  return [...seen].sort();
}

function byModule(names: ReadonlyMap<string, TypeName>): Map<string, string[]> {
  const modules = new Map<string, string[]>();
  for (const [definition, { module }] of names) {
    const list = modules.get(module) ?? [];
    list.push(definition);
    modules.set(module, list);
  }
  return modules;
}

function typesModule(
  module: string,
  definitions: readonly string[],
  server: ServerDescription,
  names: ReadonlyMap<string, TypeName>,
  text: TypeText,
): string {
  const references: References = { definitions: new Set(), byHand: new Set() };
  const declarations = definitions.map((name) => text.declaration(name, server.definitions.get(name) ?? {}, references));
  const imports = new Map<string, Set<string>>();
  for (const definition of references.definitions) {
    const name = names.get(definition);
    if (name === undefined || name.module === module) continue;
    imports.set(name.module, (imports.get(name.module) ?? new Set()).add(name.name));
  }
  const lines = [header(server.version)];
  const embedded = references.byHand.delete("Embedded");
  if (references.byHand.size > 0) lines.push(importLine(references.byHand, "../../kubernetes-object.ts"));
  if (embedded) lines.push(importLine(new Set(["Embedded"]), "../embedded.ts"));
  for (const [from, wanted] of [...imports].sort(byName)) lines.push(importLine(wanted, `./${from}.ts`));
  return `${lines.join("\n")}\n\n${declarations.join("\n\n")}\n`;
}

function importLine(wanted: ReadonlySet<string>, from: string): string {
  return `import type { ${[...wanted].sort().join(", ")} } from ${JSON.stringify(from)};`;
}

/** The line that opens every generated file; reviewers and linters look for it. */
export function header(version: string): string {
  return `// Generated from kube-apiserver ${version} by \`pnpm --filter @operatorkit/conformance run generate-kinds\`. Do not edit.`;
}

function valuesModule(kinds: readonly KindWithValue[], version: string): string {
  const modules = [...new Set(kinds.map(({ name }) => name.module))].sort();
  const blocks = kinds.map(({ served, name, description }) => {
    const more: string[] = [];
    if (served.singular !== served.kind.toLowerCase()) more.push(`singular: ${JSON.stringify(served.singular)}`);
    if (served.shortNames.length > 0) more.push(`shortNames: ${JSON.stringify(served.shortNames)}`);
    if (served.categories.length > 0) more.push(`categories: ${JSON.stringify(served.categories)}`);
    const gvk = [served.group, served.version, served.kind, served.plural].map((part) => JSON.stringify(part)).join(", ");
    const options = more.length > 0 ? `, { ${more.join(", ")} }` : "";
    return [
      `/** ${firstSentence(description ?? `A ${served.kind}.`)} */`,
      `export type ${name.name} = ${namespaceName(name.module)}.${name.name};`,
      `export const ${name.name}: Kind<${name.name}> = /* @__PURE__ */ builtinKind(${gvk}, ${served.namespaced}${options});`,
    ].join("\n");
  });
  return [
    header(version),
    `import type { Kind } from "../../kind.ts";`,
    `import { builtinKind } from "../builtin-kind.ts";`,
    ...modules.map((module) => `import type * as ${namespaceName(module)} from "./${module}.ts";`),
    "",
    blocks.join("\n\n"),
    "",
  ].join("\n");
}

function namespaceName(module: string): string {
  return module.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function indexModule(kinds: readonly KindWithValue[], names: ReadonlyMap<string, TypeName>): string {
  const values = new Set(kinds.map(({ name }) => name.name));
  const types = new Map<string, string[]>();
  for (const { name, module } of names.values()) {
    if (values.has(name)) continue;
    types.set(module, [...(types.get(module) ?? []), name]);
  }
  return [
    "/**",
    " * The built-in kinds: each a value (`Deployment`, a `Kind`) and the type of its objects under the same name, with the",
    " * types they are made of (`PodSpec`, `Container`). Plain JSON: times are strings, quantities and ports may be numbers.",
    " * `Event` is the core group's; it hides the DOM's `Event` where you import it.",
    " */",
    `export type { Embedded } from "./embedded.ts";`,
    `export { ${[...values].sort().join(", ")} } from "./generated/builtin-kinds.ts";`,
    ...[...types].sort(byName).map(([module, list]) => `export type { ${list.sort().join(", ")} } from "./generated/${module}.ts";`),
    "",
  ].join("\n");
}

/** Sorts entries of a map by their keys, the same way on every machine. */
export function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
