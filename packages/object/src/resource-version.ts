/**
 * Compares two resource versions of one kind as KEP-5504 allows: positive decimal integers without leading zeros, by
 * length and then lexically. Negative when `a` is older, 0 when equal, positive when newer.
 * Returns `undefined` when one of them is not comparable: equality is then all that can be said.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!isComparable(a) || !isComparable(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** By hand, because every event of every watch comes here. */
function isComparable(version: string): boolean {
  const { length } = version;
  for (let index = 0; index < length; index += 1) {
    const digit = version.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return false;
  }
  return length === 1 || (length > 1 && version.charCodeAt(0) !== ZERO);
}

const ZERO = 0x30;
