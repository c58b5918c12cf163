// How a packed object begins; see `pack` in assembly/object-scan.ts. Positions in characters, which are bytes.

/** The number of its shape, two bytes; `PLAIN` when its text follows as it is. */
export const SHAPE = 0;
export const PLAIN = 0xffff;
export const VERSION_LENGTH = 2;
export const UID_LENGTH = 3;
/** Two bytes. */
export const TEXT_LENGTH = 4;
export const ENCODING = 6;
/** Here the version begins, then comes the uid, then the values or the text. */
export const HEAD = 7;

/** How many bytes the JSON had that was packed. */
export function textLengthOf(packed: string): number {
  if (numberAt(packed, SHAPE) !== PLAIN) return numberAt(packed, TEXT_LENGTH);
  return packed.length - HEAD - packed.charCodeAt(VERSION_LENGTH) - packed.charCodeAt(UID_LENGTH);
}

/** Two bytes. */
export function numberAt(packed: string, at: number): number {
  return packed.charCodeAt(at) + packed.charCodeAt(at + 1) * 256;
}
