import type { Definition, ServerDescription } from "./server-description.ts";
import { firstSentence } from "./first-sentence.ts";
import { byName, header } from "./kinds-files.ts";

/**
 * The generated sources of `@operatorkit/schema/kinds`, by path below `src/kinds`: every definition of the server's OpenAPI v3
 * as JSON text, each in the module of its group, and which definitions each group version's document holds.
 * Only descriptions are shortened.
 */
export function definitionsFiles(server: ServerDescription): Map<string, string> {
  const files = new Map<string, string>();
  const modules = new Map<string, string[]>();
  for (const name of [...server.definitions.keys()].sort()) {
    const module = name.split(".").slice(-3, -1).join("-");
    modules.set(module, [...(modules.get(module) ?? []), name]);
  }
  for (const [module, names] of modules) {
    const entries = names.map(
      (name) => `  ${JSON.stringify(name)}: ${singleQuoted(JSON.stringify(shorten(server.definitions.get(name) ?? {})))},`,
    );
    const type = "Readonly<Record<string, string>>";
    const lines = [header(server.version), `export const definitions: ${type} = {`, ...entries, "};", ""];
    files.set(`generated/${module}.ts`, lines.join("\n"));
  }
  files.set("generated/builtin-definitions.ts", indexText(server, [...modules.keys()].sort()));
  return files;
}

function indexText(server: ServerDescription, modules: readonly string[]): string {
  const imports = modules.map((module) => `import { definitions as ${camel(module)} } from "./${module}.ts";`);
  const gvks = new Map<string, string>();
  for (const [name, definition] of server.definitions) {
    const list = definition["x-kubernetes-group-version-kind"] ?? [];
    const [gvk] = list;
    if (list.length === 1 && gvk !== undefined) gvks.set(`${gvk.group}/${gvk.version}/${gvk.kind}`, name);
  }
  const kinds = [...gvks].sort(byName).map(([gvk, name]) => `  ${JSON.stringify(gvk)}: ${JSON.stringify(name)},`);
  const documents = [...server.documents].sort(byName).map(([gv, names]) => {
    const roots = names.filter((name) => isRoot(name, server.definitions.get(name)));
    return `  ${JSON.stringify(gv)}: ${JSON.stringify(roots)},`;
  });
  return [
    header(server.version),
    ...imports,
    "",
    "/** The modules that hold the definitions' JSON texts by name. */",
    `export const definitionTexts: readonly Readonly<Record<string, string>>[] = [${modules.map(camel).join(", ")}];`,
    "",
    "/** `group/version/kind` to the name of the kind's definition. */",
    "export const definitionNames: Readonly<Record<string, string>> = {",
    ...kinds,
    "};",
    "",
    "/** `group/version` to the definitions its OpenAPI document starts from; the rest follows from their references. */",
    "export const documentRoots: Readonly<Record<string, readonly string[]>> = {",
    ...documents,
    "};",
    "",
  ].join("\n");
}

/** Whether a document names the definition itself, and not only through another definition's reference. */
function isRoot(name: string, definition: Definition | undefined): boolean {
  return definition?.["x-kubernetes-group-version-kind"] !== undefined || name.endsWith(".Patch");
}

function camel(module: string): string {
  return module.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shorten);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === "description" && typeof part === "string" ? firstSentence(part) : shorten(part),
    ]),
  );
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
