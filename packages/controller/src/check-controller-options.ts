import { aKind, aLabelSelector } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import {
  aBoolean,
  aFunction,
  aList,
  aNumber,
  anObject,
  aString,
  checkOptions,
  must,
  optionError,
  required,
  type OptionRules,
} from "@operatorkit/observe/options";
import { kindId } from "./cache.ts";
import type { ControllerOptions } from "./controller.ts";
import { aFieldManager, aNamespace, aWatchedKind } from "./kubernetes-rules.ts";
import { kindOf } from "./only-metadata.ts";

/** @throws {TypeError} naming the option that cannot work. */
export function checkControllerOptions<T extends KubernetesObject>(options: ControllerOptions<T>): void {
  checkOptions("Controller", options, {
    ...SHARED_RULES,
    reconcile: required(aFunction),
    claim: aFunction,
    cleanup: aFunction,
    finalizer: aString,
  });
  const what = `Controller ${options.name}`;
  const { for: kind, cleanup, finalizer, namespace, owns = [], resyncMs, resyncWaitMs } = options;
  if (cleanup === undefined && finalizer !== undefined) throw optionError(what, "finalizer", "is for a cleanup, and there is none");
  if (resyncWaitMs !== undefined && resyncMs === undefined)
    throw optionError(what, "resyncWaitMs", "is about resyncs, and there are none without resyncMs");
  if (namespace !== undefined && !kind.namespaced) throw optionError(what, "namespace", `${kind.kind} is not namespaced`);
  const seen = new Set<string>();
  for (const [i, own] of owns.map(kindOf).entries()) {
    if (seen.has(kindId(own))) throw optionError(what, `owns[${i}]`, `${own.kind} is there twice`);
    seen.add(kindId(own));
  }
}

/** What is the same for a controller of resources. */
export const SHARED_RULES: OptionRules<ControllerOptions<KubernetesObject>> = {
  name: required(aFieldManager),
  for: required(aKind),
  owns: aList(aWatchedKind),
  watches: aList(anObject({ kind: required(aKind), map: required(aFunction), metadataOnly: aBoolean })),
  predicates: aList(aFunction),
  backoff: must("be a function, or false", (value) => value === false || typeof value === "function"),
  concurrency: aNumber({ atLeast: 1, whole: true }),
  reconcileTimeoutMs: aNumber({ atLeast: 1 }),
  resyncMs: aNumber({ above: 0 }),
  resyncWaitMs: aNumber({ atLeast: 0 }),
  stopGraceMs: aNumber({ atLeast: 0 }),
  stopTimeoutMs: aNumber({ atLeast: 0 }),
  namespace: aNamespace,
  labelSelector: aLabelSelector,
};
