/**
 * How many levels of maps and lists an object may have. Go's decoder stops at 10,000 and the real server with it; here every part of the
 * pipeline walks an object level by level on the stack, and this is what all of them can.
 */
export const MAX_NESTING = 600;

/** Of a body: an object comes back with its managedFields, which are a few levels deeper than it is. */
const MAX_BODY_NESTING: number = MAX_NESTING + 20;

/** In the words of Go's decoder. */
export const TOO_DEEP_JSON = "invalid character '{' exceeded max depth";

export function isBodyTooDeep(value: unknown): boolean {
  return isDeeper(value, MAX_BODY_NESTING);
}

/** What its managedFields are is for the server to say. */
export function isObjectTooDeep({ metadata: _metadata, ...rest }: Readonly<Record<string, unknown>>): boolean {
  return isDeeper(rest, MAX_NESTING);
}

/** Without recursion, since it is asked about what must not be walked with it. */
function isDeeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap(containersIn);
  }
  return false;
}

function containersIn(value: unknown): unknown[] {
  return typeof value === "object" && value !== null
    ? Object.values(value).filter((part) => typeof part === "object" && part !== null)
    : [];
}
