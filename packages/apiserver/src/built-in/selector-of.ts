import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";

/** Whether a `LabelSelector` object chooses these labels. Source: apimachinery `meta/v1/helpers.go` (LabelSelectorAsSelector). */
export function selectorMatches(selector: JsonObject, labels: JsonObject): boolean {
  const wanted = Object.entries(objectAt(selector, "matchLabels"));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return listAt(selector, "matchExpressions").every((expression) => {
    if (!isObject(expression)) return false;
    const value = labels[stringAt(expression, "key")];
    const values = listAt(expression, "values");
    switch (expression["operator"]) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
}

/** A `LabelSelector` object as text, in the order a real server writes it: requirements sorted by key. */
export function selectorText(selector: JsonObject): string {
  const terms = Object.entries(objectAt(selector, "matchLabels")).map(([key, value]): [string, string] => [key, `${key}=${String(value)}`]);
  for (const expression of listAt(selector, "matchExpressions")) {
    const key = stringAt(expression, "key");
    const values = listAt(expression, "values").map(String).toSorted().join(",");
    const operator = stringAt(expression, "operator");
    const text =
      operator === "In"
        ? `${key} in (${values})`
        : operator === "NotIn"
          ? `${key} notin (${values})`
          : operator === "Exists"
            ? key
            : `!${key}`;
    terms.push([key, text]);
  }
  return terms
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(",");
}
