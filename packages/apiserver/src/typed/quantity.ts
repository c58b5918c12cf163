import { badRequest } from "../status-error.ts";

type Format = "binary" | "decimal" | "exponent";

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const SMALLEST = -9;
const LARGEST = 18;
/** How many digits surely fit into 64 bits. */
const SAFE_DIGITS = 18;
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * A quantity as a built-in kind writes it: `0.5` is `500m`, `1024Mi` is `1Gi`; what is as short already stays as it is.
 * Source: apimachinery `pkg/api/resource/quantity.go` (ParseQuantity, CanonicalizeBytes).
 * @throws StatusError 400 for what is none
 */
export function canonicalQuantity(given: string): string {
  const text = given.trim();
  const match = /^([+-]?)(\d*)\.?(\d*)([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (match === null || text === "")
    throw badRequest("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  const [, sign = "", whole = "", fraction = "", suffix = ""] = match;
  const { format, exponent } = scaleOf(suffix);
  const number = whole.replace(/^0+/, "") || "0";
  const digits = number + fraction;
  const scale = (format === "binary" ? 0 : exponent) - fraction.length;
  const mantissa = BigInt(digits);
  const isSmall = isQuick(format, number, fraction, exponent, scale);
  if (isSmall && isShort(format, digits, scale)) return text;
  const factor = format === "binary" ? 2n ** BigInt(exponent) : 1n;
  return written(isSmall ? mantissa * factor : bounded(mantissa * factor, scale, format), scaleAfter(isSmall, scale), format, sign === "-");
}

function scaleOf(suffix: string): { readonly format: Format; readonly exponent: number } {
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { format: "binary", exponent: binary * 10 };
  const decimal = DECIMAL.indexOf(suffix);
  if (decimal >= 0) return { format: "decimal", exponent: SMALLEST + decimal * 3 };
  if (/^[eE][-+]?\d{1,4}$/.test(suffix)) return { format: "exponent", exponent: Number(suffix.slice(1)) };
  throw badRequest("unable to parse quantity's suffix");
}

/** Whether the real server calculates in 64 bits, and then keeps a text that is as it would write it. */
function isQuick(format: Format, number: string, fraction: string, exponent: number, scale: number): boolean {
  if (format === "binary") return fraction === "" && 14 - number.length - Math.trunc((exponent * 3) / 10) >= 0;
  return SAFE_DIGITS - number.length - fraction.length >= 0 && scale >= SMALLEST;
}

function isShort(format: Format, digits: string, scale: number): boolean {
  if (format === "binary") return BigInt(digits) % 8n !== 0n;
  return scale % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
}

/** Nothing is finer than a billionth: what is there is rounded up. And nothing in binary is larger than 64 bits hold. */
function bounded(mantissa: bigint, scale: number, format: Format): bigint {
  const finest = scale >= SMALLEST ? mantissa : roundedUp(mantissa, 10n ** BigInt(SMALLEST - scale));
  const limit = MAX_INT64 * 10n ** BigInt(Math.max(0, -scaleAfter(false, scale)));
  return format === "binary" && finest > limit ? limit : finest;
}

function scaleAfter(isSmall: boolean, scale: number): number {
  return isSmall ? scale : Math.max(scale, SMALLEST);
}

function roundedUp(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit;
}

function written(mantissa: bigint, scale: number, format: Format, isNegative: boolean): string {
  if (mantissa === 0n) return "0";
  const sign = isNegative ? "-" : "";
  const unit = 10n ** BigInt(Math.max(0, -scale));
  if (format === "binary" && mantissa % unit === 0n && mantissa / unit >= 1024n) {
    let value = mantissa / unit;
    let power = 0;
    for (; value % 1024n === 0n && power < BINARY.length - 1; power += 1) value /= 1024n;
    return `${sign}${value}${BINARY[power]}`;
  }
  let [value, exponent] = [mantissa, scale];
  for (; value % 10n === 0n; exponent += 1) value /= 10n;
  const largest = format === "exponent" ? Infinity : LARGEST;
  for (; exponent % 3 !== 0 || exponent > largest; exponent -= 1) value *= 10n;
  if (format === "exponent") return `${sign}${value}${exponent === 0 ? "" : `e${exponent}`}`;
  return `${sign}${value}${DECIMAL[(exponent - SMALLEST) / 3]}`;
}
