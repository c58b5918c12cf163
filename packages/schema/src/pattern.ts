import { Re2, Re2SyntaxError } from "./re2.ts";

/** The compiled pattern; undefined when it is none, which then matches nothing, as on the server. */
export function compiled(pattern: string): Re2 | undefined {
  const known = cache.get(pattern);
  if (known !== undefined) return known instanceof Re2 ? known : undefined;
  // Schemas come and go; the patterns in use are few.
  if (cache.size >= 1000) cache.clear();
  const made = compile(pattern);
  cache.set(pattern, made);
  return made instanceof Re2 ? made : undefined;
}

/** Why Go would not compile a pattern; undefined when it would. */
export function patternProblem(pattern: string): string | undefined {
  const made = compile(pattern);
  return made instanceof Re2 ? undefined : made.message;
}

const cache = new Map<string, Re2 | Re2SyntaxError>();

function compile(pattern: string): Re2 | Re2SyntaxError {
  try {
    return new Re2(pattern);
  } catch (error) {
    if (error instanceof Re2SyntaxError) return error;
    throw error;
  }
}
