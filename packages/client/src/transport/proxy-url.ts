import { ConfigError } from "../config/config-error.ts";

const SCHEMES = ["http:", "https:", "socks5:", "socks5h:"];

/** The URL of a proxy, checked. Its user name and password are never shown. */
export function proxyUrlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && SCHEMES.includes(url.protocol) && url.hostname !== "") return url;
  const shown = url === undefined ? "given" : shownProxy(url);
  throw new ConfigError(`the proxy ${shown} cannot be used: give an http://, https:// or socks5:// URL with a host`, {
    code: "InvalidProxy",
  });
}

/** A proxy as it may be in a message. */
export function shownProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/** Where the proxy listens. */
export function proxyAddress({ protocol, hostname, port }: URL): { readonly host: string; readonly port: number } {
  const standard = { "http:": 80, "https:": 443 }[protocol] ?? 1080;
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? standard : Number(port) };
}
