import { type CelEnvironment, cel } from "./cel.ts";

interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

/** Functions of the evaluator's that are replaced by ones that do as Kubernetes does. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["has", "has__"],
  ["matches", "matches__"],
]);
/** Methods of the evaluator's own, which Kubernetes does not have. */
const UNKNOWN: ReadonlySet<string> = new Set(["json", "hex", "string", "base64", "at", "bind"]);

/** A rule's text in the evaluator's dialect, and the variables it names. */
export interface CelSource {
  readonly text: string;
  readonly variables: ReadonlySet<string>;
}

/**
 * Rewrites the calls whose functions differ between Kubernetes and the evaluator.
 * @throws Error for a text that is no expression, or calls what Kubernetes does not have
 */
export function celSource(environment: CelEnvironment, rule: string): CelSource {
  const edits: { readonly at: number; readonly name: string; readonly by: string }[] = [];
  const variables = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isNode(value)) return;
    if (value.op === "id") variables.add(value.args as string);
    if (value.op === "call" || value.op === "rcall") {
      const [name, first] = value.args as [string, unknown];
      const isMethod = value.op === "rcall";
      if (isMethod && UNKNOWN.has(name)) {
        throw new (cel().ParseError)(`undeclared reference to '${name}' (in container '')`);
      }
      const by = REPLACED.get(name);
      if (by !== undefined) edits.push({ at: rule.indexOf(name, isMethod ? (first as Node).end : value.start), name, by });
    }
    if (value.op !== "value") visit(value.args);
  };
  visit(environment.parse(rule).ast);
  let text = rule;
  for (const { at, name, by } of edits.toSorted((a, b) => b.at - a.at)) text = text.slice(0, at) + by + text.slice(at + name.length);
  return { text, variables };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "op" in value;
}
