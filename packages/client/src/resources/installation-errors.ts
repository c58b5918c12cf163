/** Throws the one error, or an AggregateError of several; nothing when there is none. */
export function throwInstallationErrors(errors: readonly unknown[], total: number): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length === 0) return;
  const names = errors.map((error) => (error instanceof Error ? error.message : String(error))).join("; ");
  throw new AggregateError(errors, `${errors.length} of ${total} custom resources could not be installed: ${names}`);
}
