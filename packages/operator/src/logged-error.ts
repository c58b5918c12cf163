/**
 * An error as JSON that says all of it: type, message, stack, what else it carries (`code`, `status`, …), its causes and, of several in
 * one, each. What is no error is returned as it is. `JSON.stringify` makes `{}` of an error, and so does pino under any key but `err`.
 */
export function loggedError(error: unknown): unknown {
  return error instanceof Error ? plain(error, new Set()) : error;
}

function plain(error: Error, above: ReadonlySet<Error>): Record<string, unknown> {
  const seen = new Set([...above, error]);
  // A ring of causes ends where it began.
  const inner = (value: unknown): unknown => (value instanceof Error ? (seen.has(value) ? value.message : plain(value, seen)) : value);
  return {
    ...Object.fromEntries(Object.entries(error).map(([key, value]: [string, unknown]) => [key, inner(value)])),
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && { cause: inner(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(inner) }),
  };
}
