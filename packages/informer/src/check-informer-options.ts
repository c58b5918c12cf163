import type { KubernetesObject } from "@operatorkit/object";
import type { InformerOptions } from "./informer-options.ts";
import { requireOptions } from "./require-options.ts";

/** @throws {TypeError} naming the option that cannot work. */
export function checkInformerOptions<T extends KubernetesObject>(options: InformerOptions<T>): void {
  requireOptions("Informer", options);
  const { listWatch, indexes = {}, resyncMs, stopGraceMs, pageSize, silence = {} } = options;
  if (listWatch === undefined || listWatch === null) throw new TypeError("Informer: listWatch is missing");
  if (typeof listWatch.kind?.kind !== "string") throw new TypeError("Informer: listWatch has no kind; client.listWatch(kind) makes one");
  for (const verb of ["list", "watch"] as const)
    if (typeof listWatch[verb] !== "function") throw new TypeError(`Informer: listWatch has no function ${verb}`);
  if (resyncMs !== undefined && !(resyncMs > 0))
    throw new TypeError(`Informer: resyncMs must be more than 0, not ${resyncMs}; leave it out for no resync`);
  const { handlerAlarmMs, staleAfterMs } = options;
  const limits = Object.entries(silence).map(([name, ms]) => [`silence.${name}`, ms] as const);
  for (const [name, ms] of [["handlerAlarmMs", handlerAlarmMs], ["staleAfterMs", staleAfterMs], ...limits] as const)
    if (ms !== undefined && !(ms > 0)) throw new TypeError(`Informer: ${name} must be more than 0, not ${ms}`);
  if (stopGraceMs !== undefined && !(stopGraceMs >= 0)) throw new TypeError(`Informer: stopGraceMs must be 0 or more, not ${stopGraceMs}`);
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0))
    throw new TypeError(`Informer: pageSize must be a whole number above 0, not ${pageSize}`);
  for (const name of ["onError", "transform", "random"] as const) checkFunction(name, options[name]);
  for (const [name, index] of Object.entries(indexes)) checkFunction(`indexes.${name}`, index);
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw new TypeError(`Informer: ${name} must be a function, not ${typeof value}`);
}
