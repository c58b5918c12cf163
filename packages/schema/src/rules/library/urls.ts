import { failed, type Library } from "../cel.ts";

/** Source: k8s.io/apiserver `pkg/cel/library/urls.go`. */
export const urls: Library = (environment) => {
  environment
    .registerType("kubernetes.URL", ParsedUrl)
    .registerFunction("url(string): kubernetes.URL", (text: string) => {
      const url = parsed(text);
      if (url === undefined)
        throw failed(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
      return url;
    })
    .registerFunction("isURL(string): bool", (text: string) => parsed(text) !== undefined)
    .registerFunction("kubernetes.URL.getScheme(): string", (url: ParsedUrl) => url.scheme)
    .registerFunction("kubernetes.URL.getHost(): string", (url: ParsedUrl) => url.host)
    .registerFunction("kubernetes.URL.getHostname(): string", (url: ParsedUrl) => /^\[?(.*?)\]?(?::\d*)?$/.exec(url.host)?.[1] ?? "")
    .registerFunction("kubernetes.URL.getPort(): string", (url: ParsedUrl) => /:(\d*)$/.exec(url.host)?.[1] ?? "")
    .registerFunction("kubernetes.URL.getEscapedPath(): string", (url: ParsedUrl) => url.path)
    .registerFunction("kubernetes.URL.getQuery(): map<string, list<string>>", (url: ParsedUrl) => queryOf(url.query))
    .registerOperator("kubernetes.URL == kubernetes.URL", (a: ParsedUrl, b: ParsedUrl) => a.text === b.text);
};

class ParsedUrl {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(text: string, [, scheme = "", authority = "", path = "", query = ""]: readonly (string | undefined)[]) {
    this.text = text;
    this.scheme = scheme.toLowerCase();
    this.host = authority.replace(/^.*@/, "");
    this.path = path.replaceAll(/[^\w\-.~!$&'()*+,;=:@/%]/gu, encodeURIComponent);
    this.query = query;
  }
}

/** An absolute URI or an absolute path, as Go's `url.ParseRequestURI` takes them: without a fragment. */
function parsed(text: string): ParsedUrl | undefined {
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/([^/?]*))?(?=\/|\?|$)|(?=\/))([^?]*)(?:\?(.*))?$/.exec(text);
  if (match === null || /\p{Cc}/u.test(text) || /%(?![0-9a-fA-F]{2})/.test(match[3] ?? "")) return undefined;
  const host = (match[2] ?? "").replace(/^.*@/, "");
  return /^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]<>"^`{|}\\]*)(?::\d*)?$/.test(host) ? new ParsedUrl(text, match) : undefined;
}

function queryOf(query: string): Map<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value]);
  return values;
}
