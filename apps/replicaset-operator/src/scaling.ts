import type { Pod } from "operatorkit/kinds";
import type { Jinghzhu } from "./jinghzhu.ts";

/** What to do so that as many pods are alive as are desired. */
export interface Scaling {
  readonly create: number;
  /** The oldest ones. */
  readonly remove: readonly Pod[];
  /** Oldest first; what is left after removing. */
  readonly keep: readonly Pod[];
  /** What is being done; nothing when nothing is to be done. */
  readonly message: string | undefined;
}

/** Pods that neither go nor have ended, oldest first. */
export function alive(pods: readonly Pod[]): readonly Pod[] {
  return pods
    .filter(
      ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase !== "Failed" && status?.phase !== "Succeeded",
    )
    .toSorted((a, b) => age(a).localeCompare(age(b)));
}

/** Decides by what is there, not by what happened: a lost pod, a scale-out and a restart all mean "too few". */
export function scalingFor({ metadata, spec, status }: Jinghzhu, pods: readonly Pod[]): Scaling {
  const living = alive(pods);
  const missing = spec.desired - living.length;
  if (missing <= 0) {
    const keep = living.slice(-missing);
    return { create: 0, remove: living.slice(0, -missing || 0), keep, message: missing < 0 ? "Scaling In" : undefined };
  }
  const isSameSpec = status?.observedGeneration === metadata.generation;
  const message = status === undefined ? "Starting" : isSameSpec ? "Need to do HA" : "Scaling Out";
  return { create: missing, remove: [], keep: living, message };
}

function age({ metadata }: Pod): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.name}`;
}
