/**
 * The plural of a kind as it appears in URLs, for kinds whose author names none: lower-cased, with the English ending that
 * controller-gen would give (`Memcached` → `memcacheds`, `Policy` → `policies`, `Gateway` → `gateways`, `Mailbox` → `mailboxes`).
 *
 * It differs from client-go's `UnsafeGuessKindToResource`, which makes `gatewaies` and `mailboxs`, as its name warns.
 */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === "endpoints") return singular;
  if (/(?:s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}
