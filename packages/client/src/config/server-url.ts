import { ConfigError } from "./config-error.ts";

/** The server's URL, checked. A path is kept: some proxies serve many clusters under one host. */
export function serverUrl(text: string, where: string): URL {
  const help = "give a full address such as https://10.0.0.1:6443";
  if (!URL.canParse(text))
    throw new ConfigError(`${where}: the server ${JSON.stringify(text)} is not a URL; ${help}`, { code: "InvalidServer" });
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new ConfigError(`${where}: the server ${JSON.stringify(text)} starts with neither https:// nor http://; ${help}`, {
      code: "InvalidServer",
    });
  if (url.username !== "" || url.password !== "")
    throw new ConfigError(`${where}: the server's URL holds a user name or password; give credentials apart from it`, {
      code: "InvalidServer",
    });
  if (url.search !== "" || url.hash !== "")
    throw new ConfigError(`${where}: the server ${JSON.stringify(text)} has a query or fragment; ${help}`, { code: "InvalidServer" });
  return url;
}
