import { labelRequirement, LabelSelectorError, parseInt64, type LabelRequirement, type LabelRequirements } from "./label-requirement.ts";
import { parseLabelRequirements } from "./label-selector-parser.ts";

/** A selector as it stands in a spec. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/**
 * Reads a selector as it stands in a URL or on a command line: `app=web,tier in (a,b),!old`.
 *
 * Source: k8s.io/apimachinery `labels/selector.go`.
 * @throws {LabelSelectorError}
 */
export function parseLabelSelector(text: string): LabelRequirements {
  return sortedByKey(parseLabelRequirements(text));
}

/**
 * Reads a selector as it stands in a spec. An empty one selects everything; none at all selects nothing, as in Kubernetes.
 *
 * Source: k8s.io/apimachinery `meta/v1/helpers.go` LabelSelectorAsSelector.
 * @throws {LabelSelectorError}
 */
export function labelRequirementsOf(selector: LabelSelector | null | undefined): LabelRequirements {
  if (selector === null || selector === undefined) return NOTHING;
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => labelRequirement(key, "=", [value]));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const known = OPERATORS[operator];
    if (known === undefined) throw new LabelSelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`);
    return labelRequirement(key, known, values);
  });
  return sortedByKey([...labels, ...expressions]);
}

const NOTHING: LabelRequirements = [{ key: "", operator: "in", values: [] }];
const OPERATORS: Readonly<Record<string, LabelRequirement["operator"]>> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" };

/** Whether labels fulfil all requirements. */
export function matchesLabels(requirements: LabelRequirements, labels: Readonly<Record<string, string>> | undefined): boolean {
  return requirements.every((requirement) => isFulfilled(requirement, labels));
}

function isFulfilled({ key, operator, values }: LabelRequirement, labels: Readonly<Record<string, string>> | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case "<":
    case ">":
      return compares(value, operator, values[0]);
    default:
      return value !== undefined && values.includes(value);
  }
}

function compares(value: string | undefined, operator: "<" | ">", bound: string | undefined): boolean {
  const [left, right] = [parseInt64(value), parseInt64(bound)];
  if (left === undefined || right === undefined) return false;
  return operator === ">" ? left > right : left < right;
}

/** The selector in a URL: the inverse of `parseLabelSelector`. */
export function formatLabelSelector(requirements: LabelRequirements): string {
  return requirements.map(format).join(",");
}

function format({ key, operator, values }: LabelRequirement): string {
  if (operator === "exists") return key;
  if (operator === "!") return `!${key}`;
  const list = values.join(",");
  return operator === "in" || operator === "notin" ? `${key} ${operator} (${list})` : `${key}${operator}${list}`;
}

function sortedByKey(requirements: LabelRequirements): LabelRequirements {
  return requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
