import { failed, type Library } from "../cel.ts";

/** Source: k8s.io/apiserver `pkg/cel/library/semver.go`. */
export const semver: Library = (environment) => {
  const on = "kubernetes.Semver";
  const add = (signature: string, handler: (...args: never[]) => unknown): void => void environment.registerFunction(signature, handler);
  environment.registerType(on, Semver);
  add("isSemver(string): bool", (text: string) => parsed(text) !== undefined);
  add("isSemver(string, bool): bool", (text: string, normalize: boolean) => parsed(normalize ? normalized(text) : text) !== undefined);
  add(`semver(string): ${on}`, (text: string) => versionOf(text));
  add(`semver(string, bool): ${on}`, (text: string, normalize: boolean) => versionOf(normalize ? normalized(text) : text));
  add(`${on}.major(): int`, ({ numbers }: Semver) => numbers[0]);
  add(`${on}.minor(): int`, ({ numbers }: Semver) => numbers[1]);
  add(`${on}.patch(): int`, ({ numbers }: Semver) => numbers[2]);
  add(`${on}.isLessThan(${on}): bool`, (a: Semver, b: Semver) => a.compareTo(b) < 0);
  add(`${on}.isGreaterThan(${on}): bool`, (a: Semver, b: Semver) => a.compareTo(b) > 0);
  add(`${on}.compareTo(${on}): int`, (a: Semver, b: Semver) => BigInt(a.compareTo(b)));
  environment.registerOperator(`${on} == ${on}`, (a: Semver, b: Semver) => a.compareTo(b) === 0);
};

class Semver {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  compareTo(other: Semver): -1 | 0 | 1 {
    for (const i of [0, 1, 2] as const) if (this.numbers[i] !== other.numbers[i]) return this.numbers[i] < other.numbers[i] ? -1 : 1;
    if (this.prerelease.length === 0 || other.prerelease.length === 0) return sign(other.prerelease.length - this.prerelease.length);
    for (const [i, part] of this.prerelease.entries()) {
      const theirs = other.prerelease[i];
      if (theirs === undefined) return 1;
      const order = compareParts(part, theirs);
      if (order !== 0) return order;
    }
    return sign(this.prerelease.length - other.prerelease.length);
  }
}

function sign(value: number): -1 | 0 | 1 {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

/** Numbers before words, numbers by value. */
function compareParts(a: string, b: string): -1 | 0 | 1 {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return sign(Number(BigInt(a) - BigInt(b)));
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function parsed(text: string): Semver | undefined {
  const [match, major = "", minor = "", patch = "", prerelease = ""] = VERSION.exec(text) ?? [];
  if (match === undefined) return undefined;
  return new Semver([BigInt(major), BigInt(minor), BigInt(patch)], prerelease === "" ? [] : prerelease.split("."));
}

function versionOf(text: string): Semver {
  const version = parsed(text);
  if (version === undefined) throw failed("No Major.Minor.Patch elements found");
  return version;
}

/** Without a leading `v` and zeros, and with all three numbers. */
function normalized(text: string): string {
  const [numbers = "", ...rest] = text.replace(/^v/, "").split(/(?=[-+])/);
  const parts = numbers.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  while (parts.length < 3) parts.push("0");
  return parts.join(".") + rest.join("");
}
