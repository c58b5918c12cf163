/**
 * The texts of a `Warning` header: what the API server wants the client's user to know, such as a deprecated version or an
 * unknown field. Several are joined by commas. Source: RFC 7234 5.5, KEP-1693; code 299 is the only one Kubernetes sends.
 */
export function parseWarnings(header: string | undefined): string[] {
  if (header === undefined) return [];
  return Array.from(header.matchAll(/\b299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g), (match) => (match[1] ?? "").replace(/\\(.)/g, "$1"));
}
