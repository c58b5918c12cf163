/** What a server before 1.8 makes of a ThirdPartyResource's name. */
export interface ThirdPartyNames {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
}

/**
 * `cron-tab.stable.example.com` is the kind `CronTab` of `stable.example.com`, at `crontabs`; undefined for a name of fewer than three parts.
 * Source: kubernetes 1.6 `registry/extensions/thirdpartyresourcedata/util.go` (ExtractApiGroupAndKind), apimachinery `meta/restmapper.go` (KindToResource).
 */
export function thirdPartyNames(name: string): ThirdPartyNames | undefined {
  const [first = "", ...rest] = name.split(".");
  if (rest.length < 2) return undefined;
  const kind = first.replaceAll(/(?:^|-)(.)/g, (_whole, letter: string) => letter.toUpperCase()).replaceAll("-", "");
  return { group: rest.join("."), kind, plural: pluralOf(kind.toLowerCase()) };
}

function pluralOf(singular: string): string {
  if (singular.endsWith("endpoints")) return singular;
  if (singular.endsWith("s")) return `${singular}es`;
  return singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
