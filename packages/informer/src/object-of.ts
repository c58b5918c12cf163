import type { ObjectEntry } from "@operatorkit/api";
import { deepFreeze, type KubernetesObject } from "@operatorkit/object";

/**
 * An entry's object as a cache hands it out: shared, so frozen. In production the types alone say so, because freezing what was
 * just parsed costs as much again as parsing it.
 */
export function objectOf<T extends KubernetesObject>(entry: ObjectEntry<T>): T {
  return FREEZES ? deepFreeze(entry.object) : entry.object;
}

const FREEZES = process.env["NODE_ENV"] !== "production";
