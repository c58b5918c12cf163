/** Headers as a `TransportResponse` has them: each once, without HTTP/2's own (`:status`). */
export function plainHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !name.startsWith(":")) plain[name] = typeof value === "string" ? value : value.join(", ");
  }
  return plain;
}
