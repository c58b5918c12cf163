/** A version of an API by its name: `v1beta2` is 1, beta, 2. */
export interface ApiVersion {
  readonly major: number;
  readonly stage: "alpha" | "beta" | "ga";
  /** 0 for a GA version. */
  readonly number: number;
}

const STAGES = ["alpha", "beta", "ga"] as const;

/** The parts of `v1`, `v1beta2`, `v2alpha1`; undefined for a name of another form. */
export function parseApiVersion(name: string): ApiVersion | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(name);
  if (match === null) return undefined;
  const [, major, stage, number] = match;
  return { major: Number(major), stage: stage === "alpha" || stage === "beta" ? stage : "ga", number: Number(number ?? 0) };
}

/**
 * By age: `v1alpha1` < `v1beta1` < `v1` < `v2alpha1`. (The server prefers by another order, where every GA version comes before
 * every beta.) Negative, 0 or positive; throws a TypeError at a name that is no version's.
 */
export function compareApiVersions(a: string, b: string): number {
  const [first, second] = [parsed(a), parsed(b)];
  return first.major - second.major || STAGES.indexOf(first.stage) - STAGES.indexOf(second.stage) || first.number - second.number;
}

function parsed(name: string): ApiVersion {
  const version = parseApiVersion(name);
  if (version === undefined) throw new TypeError(`${JSON.stringify(name)} is not an API version such as v1, v1beta1 or v2alpha3`);
  return version;
}
