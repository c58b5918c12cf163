import { failed, type Library } from "../cel.ts";

const NANO = 1_000_000_000n;

/** Source: k8s.io/apiserver `pkg/cel/library/quantity.go`; apimachinery `pkg/api/resource/quantity.go`. */
export const quantity: Library = (environment) => {
  const add = (signature: string, handler: (...args: never[]) => unknown): void => void environment.registerFunction(signature, handler);
  environment.registerType("kubernetes.Quantity", Quantity);
  add("isQuantity(string): bool", (text: string) => nanosOf(text) !== undefined);
  add("quantity(string): kubernetes.Quantity", (text: string) => {
    const nanos = nanosOf(text);
    if (nanos === undefined) throw failed("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return new Quantity(nanos);
  });
  const on = "kubernetes.Quantity";
  add(`${on}.isInteger(): bool`, (self: Quantity) => self.nanos % NANO === 0n && fitsInt64(self.nanos / NANO));
  add(`${on}.asInteger(): int`, (self: Quantity) => {
    const whole = self.nanos / NANO;
    if (self.nanos % NANO !== 0n || !fitsInt64(whole)) throw failed("cannot convert value to integer");
    return whole;
  });
  add(`${on}.asApproximateFloat(): double`, (self: Quantity) => Number(self.nanos) / 1e9);
  add(`${on}.add(${on}): ${on}`, (self: Quantity, other: Quantity) => new Quantity(self.nanos + other.nanos));
  add(`${on}.add(int): ${on}`, (self: Quantity, other: bigint) => new Quantity(self.nanos + other * NANO));
  add(`${on}.sub(${on}): ${on}`, (self: Quantity, other: Quantity) => new Quantity(self.nanos - other.nanos));
  add(`${on}.sub(int): ${on}`, (self: Quantity, other: bigint) => new Quantity(self.nanos - other * NANO));
  add(`${on}.isGreaterThan(${on}): bool`, (self: Quantity, other: Quantity) => self.nanos > other.nanos);
  add(`${on}.isLessThan(${on}): bool`, (self: Quantity, other: Quantity) => self.nanos < other.nanos);
  add(`${on}.compareTo(${on}): int`, (self: Quantity, other: Quantity) => BigInt(compare(self.nanos, other.nanos)));
  environment.registerOperator(`${on} == ${on}`, (a: Quantity, b: Quantity) => a.nanos === b.nanos);
};

/** A quantity in billionths, the finest that Kubernetes tells apart. */
class Quantity {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  valueOf(): bigint {
    return this.nanos;
  }
}

const BINARY: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const MAX_EXPONENT = 100;

function nanosOf(text: string): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d+)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = ""] = match;
  if (whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const shift = BINARY[suffix];
  if (shift !== undefined) return scaled(digits << shift, 9 - fraction.length);
  const exponent = DECIMAL[suffix] ?? Number(suffix.slice(1));
  return Math.abs(exponent) > MAX_EXPONENT ? undefined : scaled(digits, exponent + 9 - fraction.length);
}

/** Rounded away from zero, as Kubernetes does with what is finer than it can tell. */
function scaled(digits: bigint, power: number): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  const rest = digits % divisor;
  return digits / divisor + (rest === 0n ? 0n : rest > 0n ? 1n : -1n);
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function compare(a: bigint, b: bigint): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
