/**
 * A JSON value as Go's `fmt.Print` writes it, and maps and lists as `encoding/json` does: what a column of type string shows.
 * Source: client-go `util/jsonpath/jsonpath.go` (PrintResults).
 */
export function goText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return goNumber(value);
    case "boolean":
      return String(value);
    default:
      return value === null || value === undefined ? "<no value>" : goJson(value);
  }
}

/** Whole numbers arrive as int64 and are written out; others in `%g`'s shortest form, with an exponent from a million on. */
function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  const [mantissa = "", power = ""] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** Keys sorted and HTML escaped, as `json.Marshal` writes a map. */
function goJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return text.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
}
