import type { Json } from "./kubernetes-object.ts";

/**
 * One step of a field path, written as FieldsV1 writes it: `f:name` (a field or map key), `k:{"name":"x"}` (the list item with these
 * key fields), `v:"x"` (the set item with this value), `i:0` (an index). Equal steps are equal strings.
 *
 * Source: structured-merge-diff `fieldpath/element.go`, `serialize-pe.go`.
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The list item whose key fields have these values. */
export function keyElement(keys: Readonly<Record<string, Json>>): PathElement {
  const fields = Object.keys(keys)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${goJson(keys[name] ?? null)}`);
  return `k:{${fields.join(",")}}`;
}

/** The item of a set with this value. */
export function valueElement(value: Json): PathElement {
  return `v:${goJson(value)}`;
}

export function indexElement(index: number): PathElement {
  return `i:${index}`;
}

/**
 * The canonical form of a step read from the wire; `undefined` for a kind of step we do not know (readers skip those).
 * @throws SyntaxError when the step is malformed.
 */
export function parsePathElement(text: string): PathElement | undefined {
  if (text.startsWith("f:")) return text;
  if (text[1] !== ":") throw new SyntaxError(`field path step ${JSON.stringify(text)}: expected one letter and a colon`);
  const rest = text.slice(2);
  switch (text[0]) {
    case "k":
      return keyElement(keysOf(text));
    case "v":
      return valueElement(JSON.parse(rest) as Json);
    case "i":
      if (!/^[+-]?[0-9]+$/.test(rest)) throw new SyntaxError(`field path step ${JSON.stringify(text)}: expected a number after i:`);
      return indexElement(Number(rest));
    default:
      return undefined;
  }
}

/** A path as messages show it: `.spec.containers[name="app"].image`. */
export function fieldPathString(path: readonly PathElement[]): string {
  return path.map(elementString).join("");
}

function elementString(element: PathElement): string {
  switch (element[0]) {
    case "f":
      return `.${element.slice(2)}`;
    case "k": {
      const fields = Object.entries(keysOf(element)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return `[${fields.join(",")}]`;
    }
    case "v":
      return `[=${JSON.stringify(valueOf(element))}]`;
    default:
      return `[${element.slice(2)}]`;
  }
}

/** Steps in canonical order: fields, keys, values, indices; each by its content. */
export function sortPathElements(elements: Iterable<PathElement>): PathElement[] {
  const fields: PathElement[] = [];
  const others: { element: PathElement; rank: number; parts: readonly Json[] }[] = [];
  for (const element of elements) {
    if (element.startsWith("f:")) fields.push(element);
    else others.push({ element, rank: "kvi".indexOf(element[0] ?? ""), parts: contentOf(element) });
  }
  fields.sort(compareStrings);
  others.sort((a, b) => a.rank - b.rank || compareLists(a.parts, b.parts));
  for (const { element } of others) fields.push(element);
  return fields;
}

function contentOf(element: PathElement): readonly Json[] {
  switch (element[0]) {
    case "k":
      return Object.entries(keysOf(element)).flat();
    case "v":
      return [valueOf(element)];
    default:
      return [Number(element.slice(2))];
  }
}

function keysOf(element: PathElement): Record<string, Json> {
  const keys = JSON.parse(element.slice(2)) as Json;
  if (typeof keys === "object" && keys !== null && !Array.isArray(keys)) return keys as Record<string, Json>;
  throw new SyntaxError(`field path step ${JSON.stringify(element)}: expected a map after k:`);
}

function valueOf(element: PathElement): Json {
  return JSON.parse(element.slice(2)) as Json;
}

/** JSON as Go's encoder writes it: with characters that matter in HTML escaped. */
function goJson(value: Json): string {
  const text = JSON.stringify(value);
  if (!HTML.test(text)) return text;
  return text.replaceAll(ALL_HTML, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const HTML = /[<>&\u2028\u2029]/;
const ALL_HTML = new RegExp(HTML, "g");

const TYPE_ORDER: readonly string[] = ["number", "string", "boolean", "list", "map", "null"];

function typeRank(value: Json): number {
  if (value === null) return TYPE_ORDER.indexOf("null");
  if (Array.isArray(value)) return TYPE_ORDER.indexOf("list");
  return TYPE_ORDER.indexOf(typeof value === "object" ? "map" : typeof value);
}

function compareValues(a: Json, b: Json): number {
  const ranks = typeRank(a) - typeRank(b);
  if (ranks !== 0 || a === null || b === null) return ranks;
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (typeof a === "object" || typeof b === "object") return compareStrings(JSON.stringify(a), JSON.stringify(b));
  return Number(a) - Number(b);
}

function compareLists(a: readonly Json[], b: readonly Json[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareValues(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Order of the UTF-8 bytes, as Go compares strings: surrogate pairs come after everything else. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  for (let index = 0; index < a.length && index < b.length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftPair = isSurrogate(left);
    if (leftPair !== isSurrogate(right)) return leftPair ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
