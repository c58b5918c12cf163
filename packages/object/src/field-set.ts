import type { FieldsV1 } from "./kubernetes-object.ts";
import { parsePathElement, sortPathElements } from "./path-element.ts";
import type { PathElement } from "./path-element.ts";

/** The way to a field from the top of an object. */
export type FieldPath = readonly PathElement[];

/**
 * A set of fields of an object: what a `managedFields` entry says its manager owns. Immutable; operations share what they can.
 * Owning a field says nothing about its parents or children, which is why members and children are apart.
 *
 * Source: structured-merge-diff `fieldpath/set.go`, `serialize.go`.
 */
export class FieldSet {
  static readonly empty: FieldSet = new FieldSet(new Set(), new Map());

  /** The fields at this level that are in the set. */
  readonly members: ReadonlySet<PathElement>;
  /** What is in the set below a field of this level; never empty sets. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;

  /** Takes the collections over; no child may be empty. `FieldSet.of` and `FieldSetBuilder` are the usual ways. */
  constructor(members: ReadonlySet<PathElement>, children: ReadonlyMap<PathElement, FieldSet>) {
    this.members = members;
    this.children = children;
  }

  static of(...paths: readonly FieldPath[]): FieldSet {
    const builder = new FieldSetBuilder();
    for (const path of paths) builder.insert(path);
    return builder.build();
  }

  /**
   * Reads the `fieldsV1` of a `managedFields` entry. Steps of an unknown kind are skipped.
   * @throws SyntaxError when it is malformed or nested deeper than any object can be.
   */
  static fromFieldsV1(fields: FieldsV1): FieldSet {
    return readLevel(fields, 0).set ?? FieldSet.empty;
  }

  /** The set in FieldsV1 form, in the order the API server writes. */
  toFieldsV1(): FieldsV1 {
    return writeLevel(this, false);
  }

  get isEmpty(): boolean {
    return this.members.size === 0 && this.children.size === 0;
  }

  get size(): number {
    let count = this.members.size;
    for (const child of this.children.values()) count += child.size;
    return count;
  }

  has(path: FieldPath): boolean {
    const last = path.at(-1);
    if (last === undefined) return false;
    const level = path.length === 1 ? this : this.below(path.slice(0, -1));
    return level.members.has(last);
  }

  /** What is in the set below `path`. */
  below(path: FieldPath): FieldSet {
    return path.reduce<FieldSet>((level, element) => level.children.get(element) ?? FieldSet.empty, this);
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty || other === this) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [element, theirs] of other.children) {
      const ours = children.get(element);
      children.set(element, ours === undefined ? theirs : ours.union(theirs));
    }
    return new FieldSet(union(this.members, other.members), children);
  }

  intersection(other: FieldSet): FieldSet {
    if (other === this) return this;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, ours] of this.children) {
      const theirs = other.children.get(element);
      if (theirs !== undefined) setUnlessEmpty(children, element, ours.intersection(theirs));
    }
    return new FieldSet(
      select(this.members, (element) => other.members.has(element)),
      children,
    );
  }

  /** The fields that are not in `other`. Fields below one of `other` stay: taking `a` away leaves `a.b`. */
  difference(other: FieldSet): FieldSet {
    if (other.isEmpty || this.isEmpty) return this;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, ours] of this.children) {
      const theirs = other.children.get(element);
      setUnlessEmpty(children, element, theirs === undefined ? ours : ours.difference(theirs));
    }
    return new FieldSet(
      select(this.members, (element) => !other.members.has(element)),
      children,
    );
  }

  /** The fields that are neither in `other` nor below a field of it: taking `a` away takes `a.b` too. */
  recursiveDifference(other: FieldSet): FieldSet {
    if (other.isEmpty || this.isEmpty) return this;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, ours] of this.children) {
      if (other.members.has(element)) continue;
      const theirs = other.children.get(element);
      setUnlessEmpty(children, element, theirs === undefined ? ours : ours.recursiveDifference(theirs));
    }
    return new FieldSet(
      select(this.members, (element) => !other.members.has(element)),
      children,
    );
  }

  /** The fields with no field of the set below them. */
  leaves(): FieldSet {
    const members = new Set<PathElement>();
    for (const element of this.members) if (!this.children.has(element)) members.add(element);
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.children) children.set(element, child.leaves());
    return new FieldSet(members, children);
  }

  equals(other: FieldSet): boolean {
    if (this.members.size !== other.members.size || this.children.size !== other.children.size) return false;
    for (const element of this.members) if (!other.members.has(element)) return false;
    for (const [element, ours] of this.children) {
      const theirs = other.children.get(element);
      if (theirs === undefined || !ours.equals(theirs)) return false;
    }
    return true;
  }

  /** Every path in canonical order: the fields of a level, then what is below them. */
  *paths(): Generator<FieldPath> {
    for (const element of sortPathElements(this.members)) yield [element];
    for (const element of sortPathElements(this.children.keys())) {
      for (const path of this.below([element]).paths()) yield [element, ...path];
    }
  }
}

/** Collects paths into a set. */
export class FieldSetBuilder {
  readonly #members = new Set<PathElement>();
  readonly #children = new Map<PathElement, FieldSetBuilder>();

  /** Adds a path; the empty one is no field. The array is not kept. */
  insert(path: FieldPath): void {
    const last = path.length - 1;
    const level = path.reduce<FieldSetBuilder>((draft, element, index) => (index < last ? draft.#child(element) : draft), this);
    const element = path[last];
    if (element !== undefined) level.#members.add(element);
  }

  /** The set of the paths so far; the builder must not be used afterwards. */
  build(): FieldSet {
    if (this.#members.size === 0 && this.#children.size === 0) return FieldSet.empty;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.#children) children.set(element, child.build());
    return new FieldSet(this.#members, children);
  }

  #child(element: PathElement): FieldSetBuilder {
    let child = this.#children.get(element);
    if (child === undefined) this.#children.set(element, (child = new FieldSetBuilder()));
    return child;
  }
}

function union(a: ReadonlySet<PathElement>, b: Iterable<PathElement>): ReadonlySet<PathElement> {
  const result = new Set(a);
  for (const element of b) result.add(element);
  return result;
}

function select(from: ReadonlySet<PathElement>, keep: (element: PathElement) => boolean): ReadonlySet<PathElement> {
  const result = new Set<PathElement>();
  for (const element of from) if (keep(element)) result.add(element);
  return result;
}

function setUnlessEmpty(children: Map<PathElement, FieldSet>, element: PathElement, set: FieldSet): void {
  if (!set.isEmpty) children.set(element, set);
}

/** Far deeper than an object the API server accepts; a limit so that hostile input cannot exhaust the stack. */
const MAX_DEPTH = 1_000;

/** `isMember`: the level above has this field itself, because of `.` or because nothing is below it. */
function readLevel(fields: FieldsV1 | null, depth: number): { set: FieldSet | undefined; isMember: boolean } {
  if (depth > MAX_DEPTH) throw new SyntaxError(`fieldsV1: nested deeper than ${MAX_DEPTH} levels`);
  // It comes from the wire: null reads as an empty map, anything else is an error.
  if (fields !== null && (typeof fields !== "object" || Array.isArray(fields))) throw new SyntaxError("fieldsV1: expected a map of fields");
  const members = new Set<PathElement>();
  const children = new Map<PathElement, FieldSet>();
  let isMember = false;
  for (const [text, below] of Object.entries(fields ?? {})) {
    if (text === ".") {
      isMember = true;
      continue;
    }
    const element = parsePathElement(text);
    if (element === undefined) continue;
    const child = readLevel(below, depth + 1);
    if (child.isMember) members.add(element);
    if (child.set !== undefined) children.set(element, child.set);
  }
  if (members.size === 0 && children.size === 0) return { set: undefined, isMember: true };
  return { set: new FieldSet(members, children), isMember };
}

function writeLevel(set: FieldSet, isMember: boolean): FieldsV1 {
  const fields: Record<string, FieldsV1> = {};
  if (isMember) fields["."] = {};
  const elements = set.children.size === 0 ? set.members : union(set.members, set.children.keys());
  for (const element of sortPathElements(elements)) {
    const child = set.children.get(element);
    fields[element] = child === undefined ? {} : writeLevel(child, set.members.has(element));
  }
  return fields;
}
