import { BlockList, isIP } from "node:net";

/**
 * The proxy that the environment names for a server, as Go programs read it: HTTPS_PROXY or HTTP_PROXY by the server's
 * scheme, upper or lower case; NO_PROXY lists hosts, domain suffixes, addresses and CIDR blocks that go without; this machine
 * itself always does. ALL_PROXY is not read, as kubectl does not read it. Source: golang.org/x/net/http/httpproxy.
 */
export function proxyFor(server: URL, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const read = (name: string): string | undefined => env[name] || env[name.toLowerCase()] || undefined;
  const proxy = server.protocol === "https:" ? read("HTTPS_PROXY") : read("HTTP_PROXY");
  if (proxy === undefined) return undefined;
  if (isLoopback(server)) return undefined;
  const host = hostOf(server);
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  const excluded = (read("NO_PROXY") ?? "").split(",").some((rule) => matches(rule.trim().toLowerCase(), host, port));
  if (excluded) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === "") return false;
  if (rule === "*") return true;
  if (rule.includes("/")) return isInBlock(rule, host);
  if (isIP(rule) !== 0) return isSameAddress(rule, host);
  const [, name = "", onlyPort] = /^\[?([^\]]*?)\]?(?::(\d*))?$/.exec(rule) ?? [];
  if (name === "" || (onlyPort !== undefined && onlyPort !== port)) return false;
  if (isIP(name) !== 0) return isSameAddress(name, host);
  const bare = name.replace(/^\*?\./, "");
  // ".example.com" and "*.example.com" leave example.com itself out; "example.com" takes both.
  return bare !== "" && (host.endsWith(`.${bare}`) || (bare === name && host === bare));
}

/** `fd00:0::1` is `fd00::1`. */
function isSameAddress(rule: string, host: string): boolean {
  return isInBlock(`${rule}/${isIP(rule) === 6 ? 128 : 32}`, host);
}

function isInBlock(rule: string, host: string): boolean {
  const family = isIP(host) === 6 ? "ipv6" : "ipv4";
  const [address = "", prefix = ""] = rule.split("/");
  if (isIP(host) === 0 || isIP(address) !== (family === "ipv6" ? 6 : 4) || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === "ipv6" ? 128 : 32)) return false;
  const block = new BlockList();
  block.addSubnet(address, Number(prefix), family);
  return block.check(host, family);
}

/** True for a server on this machine. */
export function isLoopback(server: URL): boolean {
  const host = hostOf(server);
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}
