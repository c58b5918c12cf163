/**
 * Compares two resource versions of one kind as KEP-5504 allows: positive decimal integers without leading zeros, by
 * length and then lexically. Negative when `a` is older, 0 when equal, positive when newer.
 * Returns `undefined` when one of them is not comparable: equality is then all that can be said.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!COMPARABLE.test(a) || !COMPARABLE.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

const COMPARABLE = /^(0|[1-9][0-9]*)$/;
