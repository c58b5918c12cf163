import { anyString, checkOptions, required } from "@operatorkit/observe/options";

const A_NAME = required(anyString);

/**
 * How servers before 1.7 find the kind of a ThirdPartyResource: `cron-tab.example.com` is `CronTab` of `example.com`. Undefined
 * for a name of another form. Source: kubernetes 1.6 `registry/extensions/thirdpartyresourcedata`, ExtractApiGroupAndKind.
 */
export function thirdPartyKindOf(name: string): { readonly kind: string; readonly group: string } | undefined {
  checkOptions("thirdPartyKindOf", { name }, { name: A_NAME });
  const [first = "", ...rest] = name.split(".");
  if (rest.length < 2 || rest.includes("") || !/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(first)) return undefined;
  return { kind: first.replace(/(?:^|-)([a-z])/g, (_whole, letter: string) => letter.toUpperCase()), group: rest.join(".") };
}

/** The name that such a server makes this kind of: `CronTab` is `cron-tab`. */
export function thirdPartyNameOf(kind: string): string {
  checkOptions("thirdPartyNameOf", { kind }, { kind: A_NAME });
  return kind.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}

/** The plural such a server puts into URLs. Source: kubernetes 1.6 `meta.KindToResource`. */
export function thirdPartyPluralOf(kind: string): string {
  checkOptions("thirdPartyPluralOf", { kind }, { kind: A_NAME });
  const singular = kind.toLowerCase();
  if (singular.endsWith("endpoints")) return singular;
  if (singular.endsWith("s")) return `${singular}es`;
  return singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
