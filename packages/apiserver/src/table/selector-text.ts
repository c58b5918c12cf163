import { isObject, listAt, objectAt, stringAt } from "../json-object.ts";

/** A map of labels as `a=b,c=d`, sorted; `<none>` when empty. Source: apimachinery `labels.FormatLabels`. */
export function labelsText(labels: unknown): string {
  const pairs = isObject(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`) : [];
  return pairs.length === 0 ? "<none>" : pairs.toSorted().join(",");
}

/** A `LabelSelector` as kubectl writes it: `app=web,tier in (a,b),!canary`. Source: apimachinery `meta/v1/helpers.go` (FormatLabelSelector). */
export function selectorText(selector: unknown): string {
  if (!isObject(selector)) return "<none>";
  const requirements = [
    ...Object.entries(objectAt(selector, "matchLabels")).map(([key, value]) => ({ key, text: `${key}=${String(value)}` })),
    ...listAt(selector, "matchExpressions").map((expression) => ({ key: stringAt(expression, "key"), text: requirementText(expression) })),
  ];
  if (requirements.length === 0) return "<none>";
  return requirements
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(",");
}

function requirementText(expression: unknown): string {
  const key = stringAt(expression, "key");
  const values = listAt(expression, "values").map(String).toSorted().join(",");
  switch (stringAt(expression, "operator")) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return key;
  }
}
