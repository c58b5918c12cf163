import { finalizerProblems, qualifiedNameProblems, type Kind } from "@operatorkit/object";
import { anObject, aString, anyString, checkOptions, required } from "@operatorkit/observe/options";

/** Names a kind's finalizer. */
export type FinalizerSupplier = (kind: Kind) => string;

/**
 * The finalizer of a controller: `<group>/<controller name>`, `cache.example.com/memcached`. It names no version, so it stays the
 * same when the kind moves from v1alpha1 to v1.
 *
 * @throws {TypeError} when that is no valid finalizer; the core group has no name to begin with, so give a finalizer of your own there.
 */
export function defaultFinalizer(group: string, controllerName: string): string {
  checkOptions("defaultFinalizer", { group, controllerName }, { group: required(anyString), controllerName: required(aString) });
  if (group === "") {
    throw new TypeError(
      `finalizer of controller "${controllerName}": the core group has no name; give a finalizer such as "example.com/${controllerName}"`,
    );
  }
  const name = `${group}/${controllerName}`;
  assertFinalizer({ group }, name);
  return name;
}

/**
 * The finalizer that grafana-app-sdk's OpinionatedWatcher uses by default: `operator.<version>.<kind>.<group>`. For taking over
 * objects that carry it; being unqualified it is refused on built-in kinds, and it changes with the version.
 */
export const defaultFinalizerSupplier: FinalizerSupplier = ({ version, kind, group }) => `operator.${version}.${kind}.${group}`;

/**
 * Refuses a name that the API server would refuse: a finalizer is a qualified name, `<dns subdomain>/<name>`, prefix at most 253
 * bytes, name at most 63. Custom resources may do without the prefix; built-in kinds may not.
 *
 * @throws {TypeError} saying what is wrong with it.
 */
export function assertFinalizer(kind: Pick<Kind, "group">, finalizer: string): void {
  checkOptions(
    "assertFinalizer",
    { kind, finalizer },
    { kind: required(anObject({ group: required(anyString) })), finalizer: required(anyString) },
  );
  const { group } = kind;
  // A CRD's group has a dot; what has none is built in.
  const problems = group.includes(".") ? qualifiedNameProblems(finalizer) : finalizerProblems(finalizer);
  if (problems.length > 0) throw new TypeError(`finalizer "${finalizer}": ${problems.join("; ")}`);
}
