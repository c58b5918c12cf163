import { failed, type Library } from "../cel.ts";
import { functionNamespace } from "../function-namespace.ts";
import { IpAddress, parseIp } from "./ip-address.ts";

/** Source: k8s.io/apiserver `pkg/cel/library/ip.go`, `cidr.go`. */
export const ip: Library = (environment) => {
  const namespace = functionNamespace(environment, "ip");
  const add = (signature: string, handler: (...args: never[]) => unknown): void => void environment.registerFunction(signature, handler);
  environment.registerType("net.IP", IpAddress).registerType("net.CIDR", Cidr);
  add("ip(string): net.IP", addressOf);
  add("isIP(string): bool", (text: string) => parseIp(text) !== undefined);
  add(`${namespace}.isCanonical(string): bool`, (_: unknown, text: string) => addressOf(text).toString() === text);
  add("string(net.IP): string", (address: IpAddress) => address.toString());
  add("net.IP.family(): int", ({ family }: IpAddress) => BigInt(family));
  const within = (name: string, v4: string, v6: string): void => {
    const ranges = [v4, v6].filter((text) => text !== "").map((text) => parseCidr(text) as Cidr);
    add(`net.IP.${name}(): bool`, (address: IpAddress) => ranges.some((range) => range.contains(address)));
  };
  within("isUnspecified", "0.0.0.0/32", "::/128");
  within("isLoopback", "127.0.0.0/8", "::1/128");
  within("isLinkLocalMulticast", "224.0.0.0/24", "ff02::/16");
  within("isLinkLocalUnicast", "169.254.0.0/16", "fe80::/10");
  add("net.IP.isGlobalUnicast(): bool", isGlobalUnicast);
  environment.registerOperator("net.IP == net.IP", (a: IpAddress, b: IpAddress) => a.toString() === b.toString());

  add("cidr(string): net.CIDR", cidrOf);
  add("isCIDR(string): bool", (text: string) => parseCidr(text) !== undefined);
  add("string(net.CIDR): string", (range: Cidr) => range.toString());
  add("net.CIDR.containsIP(net.IP): bool", (range: Cidr, address: IpAddress) => range.contains(address));
  add("net.CIDR.containsIP(string): bool", (range: Cidr, text: string) => range.contains(addressOf(text)));
  add("net.CIDR.containsCIDR(net.CIDR): bool", (range: Cidr, other: Cidr) => other.length >= range.length && range.contains(other.address));
  add("net.CIDR.containsCIDR(string): bool", (range: Cidr, text: string) => {
    const other = cidrOf(text);
    return other.length >= range.length && range.contains(other.address);
  });
  add("net.CIDR.ip(): net.IP", ({ address }: Cidr) => address);
  add("net.CIDR.masked(): net.CIDR", ({ address, length }: Cidr) => new Cidr(address.masked(length), length));
  add("net.CIDR.prefixLength(): int", ({ length }: Cidr) => BigInt(length));
  environment.registerOperator("net.CIDR == net.CIDR", (a: Cidr, b: Cidr) => a.toString() === b.toString());
};

/** A range of addresses. */
class Cidr {
  readonly address: IpAddress;
  readonly length: number;

  constructor(address: IpAddress, length: number) {
    this.address = address;
    this.length = length;
  }

  contains(address: IpAddress): boolean {
    return address.startsAs(this.address, this.length);
  }

  valueOf(): string {
    return this.toString();
  }

  toString(): string {
    return `${this.address.toString()}/${this.length}`;
  }
}

const NOT_GLOBAL = [
  "0.0.0.0/32",
  "127.0.0.0/8",
  "224.0.0.0/4",
  "169.254.0.0/16",
  "255.255.255.255/32",
  "::/128",
  "::1/128",
  "ff00::/8",
  "fe80::/10",
];

function isGlobalUnicast(address: IpAddress): boolean {
  return !NOT_GLOBAL.some((text) => (parseCidr(text) as Cidr).contains(address));
}

function addressOf(text: string): IpAddress {
  const address = parseIp(text);
  if (address !== undefined) return address;
  throw failed(
    `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
  );
}

function cidrOf(text: string): Cidr {
  const range = parseCidr(text);
  if (range !== undefined) return range;
  const error = "network address parse error during conversion from string";
  const why = text.includes("/") ? "invalid prefix" : "no '/'";
  throw failed(`${error}: ${error}: netip.ParsePrefix(${JSON.stringify(text)}): ${why}`);
}

function parseCidr(text: string): Cidr | undefined {
  const match = /^(.*)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match === null ? undefined : parseIp(match[1] ?? "");
  const length = Number(match?.[2]);
  return address === undefined || length > address.size ? undefined : new Cidr(address, length);
}
