/**
 * How the server's validation sees a JSON number: as a 64-bit integer, or else as a float. JavaScript cannot tell `2.0` from
 * `2`; both are integers here, which gives the same answers.
 */
export function isGoInteger(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

/** Whether a float is close enough to an integer to be taken for one. Source: go-openapi/swag `IsFloat64AJSONInteger`. */
export function isNearInteger(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  const whole = Math.trunc(value);
  if (value === whole) return true;
  return whole !== 0 && Math.abs(value - whole) / (Math.abs(value) + Math.abs(whole)) < 1e-9;
}

/** Whether a number fits the type and format of its schema; a number of another type always does. */
export function fitsFormat(value: number, type: string, format: string | undefined): boolean {
  if (type === "integer") return format === "int32" ? Number.isInteger(value) && value === (value | 0) : isGoInteger(value);
  return format !== "float" || Number.isFinite(Math.fround(value));
}
