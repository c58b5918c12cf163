import { dns1123LabelProblems, parseLabelSelector, type KubernetesObject } from "@operatorkit/object";
import { kindId } from "./cache.ts";
import type { ControllerOptions } from "./controller.ts";
import { kindOf, type WatchedKind } from "./only-metadata.ts";
import { requireOptions } from "./require-options.ts";

/** @throws {TypeError} naming the option that cannot work. */
export function checkControllerOptions<T extends KubernetesObject>(options: ControllerOptions<T>): void {
  requireOptions("controller", options);
  const { name, for: kind, owns = [], watches = [], predicates = [] } = options;
  const refuse: Refuse = (field, why) => {
    throw new TypeError(`controller ${name}: ${field}: ${why}`);
  };
  if (typeof name !== "string" || name === "") refuse("name", "is missing");
  if (name.length > 128) refuse("name", "must have 128 characters at most, since it is a field manager");
  if (/\p{C}/u.test(name)) refuse("name", "must be printable, since it is a field manager");
  if (typeof kind?.kind !== "string") refuse("for", "must be a kind: one of object/kinds, or made by defineKind");
  checkFunctions(options, refuse);
  for (const field of ["owns", "watches", "predicates"] as const)
    if (options[field] !== undefined && !Array.isArray(options[field])) refuse(field, "must be a list");
  checkKinds(owns, refuse);
  for (const [i, watch] of watches.entries()) {
    if (typeof watch?.kind?.kind !== "string") refuse(`watches[${i}].kind`, "must be a kind");
    if (typeof watch.map !== "function") refuse(`watches[${i}].map`, "must be a function");
  }
  for (const [i, predicate] of predicates.entries()) if (typeof predicate !== "function") refuse(`predicates[${i}]`, "must be a function");
  checkNumbers(options, refuse);
  checkScope(options, refuse);
}

type Refuse = (field: string, why: string) => never;

function checkFunctions<T extends KubernetesObject>(options: ControllerOptions<T>, refuse: Refuse): void {
  if (typeof options.reconcile !== "function") refuse("reconcile", "must be a function");
  for (const field of ["claim", "cleanup", "onError"] as const) {
    if (options[field] !== undefined && typeof options[field] !== "function") refuse(field, "must be a function");
  }
  const { backoff, cleanup, finalizer } = options;
  if (backoff !== undefined && backoff !== false && typeof backoff !== "function") refuse("backoff", "must be a function, or false");
  if (cleanup === undefined && finalizer !== undefined) refuse("finalizer", "is for a cleanup, and there is none");
}

function checkKinds(owns: readonly WatchedKind[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const [i, watched] of owns.entries()) {
    const kind = typeof watched === "object" && watched !== null ? kindOf(watched) : undefined;
    if (typeof kind?.kind !== "string") refuse(`owns[${i}]`, "must be a kind: one of object/kinds, or made by defineKind");
    if (seen.has(kindId(kind))) refuse(`owns[${i}]`, `${kind.kind} is there twice`);
    seen.add(kindId(kind));
  }
}

function checkNumbers<T extends KubernetesObject>(options: ControllerOptions<T>, refuse: Refuse): void {
  const { concurrency, reconcileTimeoutMs, resyncMs, resyncWaitMs } = options;
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1))
    refuse("concurrency", `${concurrency} must be a whole number, 1 or more`);
  if (reconcileTimeoutMs !== undefined && !(reconcileTimeoutMs >= 1))
    refuse("reconcileTimeoutMs", `${reconcileTimeoutMs} must be a number, 1 or more`);
  if (resyncMs !== undefined && !(resyncMs > 0)) refuse("resyncMs", `${resyncMs} must be more than 0; leave it out for no resync`);
  for (const field of ["stopGraceMs", "stopTimeoutMs", "resyncWaitMs"] as const) {
    const value = options[field];
    if (value !== undefined && !(value >= 0)) refuse(field, `${value} must be a number, 0 or more`);
  }
  if (resyncWaitMs !== undefined && resyncMs === undefined) refuse("resyncWaitMs", "is about resyncs, and there are none without resyncMs");
}

function checkScope<T extends KubernetesObject>({ for: kind, namespace, labelSelector }: ControllerOptions<T>, refuse: Refuse): void {
  if (namespace !== undefined && !kind.namespaced) refuse("namespace", `${kind.kind} is not namespaced`);
  if (namespace === "") refuse("namespace", "must not be empty; leave it out for all namespaces");
  if (namespace !== undefined && typeof namespace !== "string") refuse("namespace", "must be a string");
  const [problem] = namespace === undefined ? [] : dns1123LabelProblems(namespace);
  if (problem !== undefined) refuse("namespace", `"${namespace}": ${problem}`);
  if (labelSelector === undefined) return;
  try {
    parseLabelSelector(labelSelector);
  } catch (error) {
    refuse("labelSelector", error instanceof Error ? error.message : String(error));
  }
}
