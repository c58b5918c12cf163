import { isIP } from "node:net";

/** An address as its bits. */
export class IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;

  constructor(family: 4 | 6, bits: bigint) {
    this.family = family;
    this.bits = bits;
  }

  get size(): number {
    return this.family === 4 ? 32 : 128;
  }

  /** Whether the first `length` bits are those of another address. */
  startsAs(other: IpAddress, length: number): boolean {
    const rest = BigInt(this.size - length);
    return this.family === other.family && this.bits >> rest === other.bits >> rest;
  }

  masked(length: number): IpAddress {
    const rest = BigInt(this.size - length);
    return new IpAddress(this.family, (this.bits >> rest) << rest);
  }

  valueOf(): string {
    return this.toString();
  }

  /** In its canonical form. */
  toString(): string {
    if (this.family === 4) return [24n, 16n, 8n, 0n].map((shift) => (this.bits >> shift) & 255n).join(".");
    const groups = Array.from({ length: 8 }, (_, i) => ((this.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
    const zeros = [...groups.join(":").matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)].toSorted((a, b) => b[0].length - a[0].length)[0];
    if (zeros === undefined) return groups.join(":");
    const text = groups.join(":");
    return `${text.slice(0, zeros.index).replace(/:$/, "")}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, "")}`;
  }
}

/** Undefined for what Kubernetes takes for no address: IPv4 written as IPv6, and zones. */
export function parseIp(text: string): IpAddress | undefined {
  const family = isIP(text);
  if (family === 0 || text.includes("%")) return undefined;
  if (family === 4)
    return new IpAddress(
      4,
      text.split(".").reduce((bits, part) => (bits << 8n) | BigInt(part), 0n),
    );
  const [head = "", tail] = text.includes("::") ? text.split("::") : [text];
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0n);
  const bits = [...left, ...zeros, ...right].reduce((all, group) => (all << 16n) | group, 0n);
  return bits >> 32n === 0xffffn ? undefined : new IpAddress(6, bits);
}

function groupsOf(text: string): bigint[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [BigInt(`0x${group}`)];
    const [a = 0n, b = 0n, c = 0n, d = 0n] = group.split(".").map(BigInt);
    return [(a << 8n) | b, (c << 8n) | d];
  });
}
