import type { Deployment } from "@operatorkit/object/kinds";

/** How far a rollout may stray from the wanted number of pods. */
export interface RollingLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/**
 * `maxSurge` rounds up, `maxUnavailable` down; both zero would never move, so one pod may be unavailable then. A
 * re-creation has no limits.
 */
export function rollingLimits(deployment: Deployment, wanted: number): RollingLimits {
  if (deployment.spec?.strategy?.type === "Recreate") return { maxSurge: 0, maxUnavailable: 0 };
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const maxSurge = absolute(rolling?.maxSurge ?? "25%", wanted, Math.ceil);
  const maxUnavailable = absolute(rolling?.maxUnavailable ?? "25%", wanted, Math.floor);
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
}

function absolute(value: number | string, of: number, round: (value: number) => number): number {
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? Number(value) : round((Number(percent) * of) / 100);
}
