/** Refuses what would look again without a pause, or never give up: a RangeError that names the field. */
export function checkWaits(where: string, { intervalMs, timeoutMs }: { readonly intervalMs: number; readonly timeoutMs: number }): void {
  if (!(intervalMs > 0) || !Number.isFinite(intervalMs))
    throw new RangeError(`${where}: intervalMs is ${intervalMs}, and must be more than 0`);
  if (!(timeoutMs > 0)) throw new RangeError(`${where}: timeoutMs is ${timeoutMs}, and must be more than 0, or Infinity`);
}
