import { parseAllDocuments, type YAMLParseError } from "yaml";

/** The first document of a YAML 1.1 text (as sigs.k8s.io/yaml reads it): `yes` and `on` are booleans, `017` is octal. */
export function parseYaml(
  text: string,
  refuse: (problem: string) => Error,
): { readonly value: unknown; readonly duplicates: readonly string[] } {
  const documents = parseAllDocuments(text, {
    version: "1.1",
    uniqueKeys: false,
    maxAliasCount: 100,
    merge: true,
    stringKeys: false,
  } as never);
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (document === undefined) return { value: null, duplicates: [] };
  const error: YAMLParseError | undefined = document.errors[0];
  if (error !== undefined) throw refuse(`error converting YAML to JSON: yaml: ${error.message.split("\n")[0] ?? ""}`);
  return { value: jsonOf(document.toJS({ maxAliasCount: 100 })), duplicates: [] };
}

/** Maps with non-string keys become objects whose keys are the keys' text, as `sigs.k8s.io/yaml` does; dates stay text. */
function jsonOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, part]) => [String(key), jsonOf(part)]));
  if (typeof value === "bigint") return Number(value);
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, jsonOf(part)]));
}
