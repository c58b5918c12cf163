/**
 * Runs what belongs together: each part ends when the signal it is given is aborted. That is when `signal` is, when a part calls `end`, or
 * when one fails. Resolves when all have ended; rejects, then, with the first failure. A part that resolves stops nobody.
 */
export async function together(
  signal: AbortSignal,
  start: (signal: AbortSignal, end: () => void) => readonly Promise<void>[],
): Promise<void> {
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  let failure: { readonly error: unknown } | undefined;
  const ended = start(until, () => ending.abort()).map((part) =>
    part.catch((error: unknown) => {
      // A wait that ends with the signal's reason is what stopping looks like.
      if (!until.aborted || error !== until.reason) failure ??= { error };
      ending.abort();
    }),
  );
  await Promise.all(ended);
  if (failure !== undefined) throw failure.error;
}
