import { keyOf, type KubernetesObject } from "@operatorkit/object";
import type { AnyResource } from "./resource.ts";
import type { ResourceContext } from "./resource-context.ts";

/** The resources of some of a kind's objects, for example of those that ask for one version of your operator. */
export interface ResourceSet<T extends KubernetesObject = KubernetesObject> {
  /** In logs and errors. @default its place in the list */
  readonly name?: string;
  /** Whether an object is this set's. @default every object is */
  handles?(object: T): boolean;
  /** Runs before the resources of each pass: it may put things into `context.values`, and cancel the reconciliation. */
  init?(context: ResourceContext<T>): Promise<void> | void;
  /** In the order in which they run. */
  readonly resources: readonly AnyResource<T>[];
}

/** Several sets say that an object is theirs. Nothing was run, and nothing written. */
export class TooManyResourceSetsError extends Error {
  readonly code = "TooManyResourceSets" as const;
  /** Their names. */
  readonly sets: readonly string[];

  constructor(message: string, sets: readonly string[]) {
    super(message);
    this.name = "TooManyResourceSetsError";
    this.sets = sets;
  }
}

/** True for a `TooManyResourceSetsError` of whichever copy of this package. */
export function isTooManyResourceSets(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === "TooManyResourceSets";
}

/** What routing looks at. */
export interface Routable<T extends KubernetesObject> {
  readonly name: string;
  handles(object: T): boolean;
}

/**
 * The one set that handles `object`; `undefined` when none does, which is normal where several controllers share a kind.
 *
 * @throws {TooManyResourceSetsError} when several do.
 */
export function routeObject<T extends KubernetesObject, S extends Routable<T>>(sets: readonly S[], object: T): S | undefined {
  const [first, ...others] = sets.filter((set) => set.handles(object));
  if (others.length === 0 || first === undefined) return first;
  const names = [first, ...others].map(({ name }) => name);
  throw new TooManyResourceSetsError(
    `reconcile ${object.kind} ${keyOf(object)}: the resource sets ${names.join(" and ")} all handle it; let exactly one do so`,
    names,
  );
}
