import { yamlLibrary } from "../yaml-library.ts";
import { isBodyTooDeep, MAX_NESTING } from "./nesting.ts";

/** A parsed YAML text. */
export interface ParsedYaml {
  readonly value: unknown;
  /** Keys given twice, as paths: `spec.size`. The last one counts. */
  readonly duplicates: readonly string[];
}

const MAX_ALIASES = 100;

/** The first document of a YAML 1.1 text, as sigs.k8s.io/yaml reads it: `yes` and `on` are booleans, `017` is octal, keys become text. */
export function parseYaml(text: string, refuse: (problem: string) => Error): ParsedYaml {
  try {
    const parsed = parsedYaml(text, refuse);
    if (!isBodyTooDeep(parsed.value)) return parsed;
  } catch (error) {
    // The library, too, walks on the stack.
    if (!(error instanceof RangeError)) throw error;
  }
  throw refuse(`error converting YAML to JSON: yaml: exceeded max depth of ${MAX_NESTING}`);
}

function parsedYaml(text: string, refuse: (problem: string) => Error): ParsedYaml {
  const documents = yamlLibrary().parseAllDocuments(text, {
    version: "1.1",
    uniqueKeys: false,
    // Dates stay the text they are.
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:timestamp"),
  });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (document === undefined) return { value: null, duplicates: [] };
  const error = document.errors[0];
  if (error?.message.startsWith("Maximum call stack") === true) throw new RangeError(error.message);
  if (error !== undefined) throw refuse(`error converting YAML to JSON: yaml: ${error.message.split("\n")[0] ?? ""}`);
  try {
    return {
      value: jsonOf(document.toJS({ maxAliasCount: MAX_ALIASES, mapAsMap: true })),
      duplicates: duplicatesIn(document.contents, ""),
    };
  } catch (problem) {
    if (problem instanceof RangeError) throw problem;
    throw refuse(`error converting YAML to JSON: yaml: ${problem instanceof Error ? problem.message : String(problem)}`);
  }
}

function jsonOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, part]) => [String(key), jsonOf(part)]));
  if (typeof value === "bigint") return Number(value);
  return value === undefined ? null : value;
}

function duplicatesIn(node: unknown, path: string): readonly string[] {
  const { isMap, isPair, isScalar, isSeq } = yamlLibrary();
  if (isSeq(node)) return node.items.flatMap((item, index) => duplicatesIn(item, `${path}[${index}]`));
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap((pair) => {
    if (!isPair(pair)) return [];
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const at = path === "" ? key : `${path}.${key}`;
    const own = seen.has(key) ? [at] : [];
    seen.add(key);
    return [...own, ...duplicatesIn(pair.value, at)];
  });
}
