import { isIP } from "node:net";
import { dns1123LabelProblems, dns1123SubdomainProblems } from "@operatorkit/object";

/**
 * Whether a string has a format. Formats that Kubernetes does not know are not checked, as there.
 *
 * Source: k8s.io/kube-openapi `pkg/validation/strfmt`; what it accepts was recorded from kube-apiserver 1.36. Comments and groups
 * in `email`, and the exact ranges of card issuers in `creditcard`, are the known differences.
 */
export function hasFormat(format: string, value: string): boolean {
  const check = STRING_FORMATS[format];
  return check === undefined || check(value);
}

/** Formats that an API server keeps; others are dropped from a schema before it is used. */
export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(STRING_FORMATS, format) || NUMBER_FORMATS.has(format);
}

export function isStringFormat(format: string): boolean {
  return Object.hasOwn(STRING_FORMATS, format);
}

const NUMBER_FORMATS: ReadonlySet<string> = new Set(["int32", "int64", "float", "double"]);

const matches =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value);

const STRING_FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  byte: (value) => value.length > 0 && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value),
  cidr: isCidr,
  creditcard: isCreditCard,
  date: isDate,
  "date-time": isDateTime,
  datetime: isDateTime,
  duration: isDuration,
  email: isEmail,
  hexcolor: matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: isHostname,
  ipv4: (value) => isAddress(value) && value.includes("."),
  ipv6: (value) => isAddress(value) && value.includes(":"),
  isbn: (value) => isIsbn10(value) || isIsbn13(value),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  "k8s-long-name": (value) => dns1123SubdomainProblems(value).length === 0,
  "k8s-short-name": (value) => dns1123LabelProblems(value).length === 0,
  mac: matches(
    /^(?:[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}(?:(?:[0-9a-fA-F]{2}\1){2}|(?:[0-9a-fA-F]{2}\1){14})?[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{4}\.){2}(?:[0-9a-fA-F]{4}\.|(?:[0-9a-fA-F]{4}\.){7})?[0-9a-fA-F]{4})$/,
  ),
  password: () => true,
  rgbcolor: (value) => {
    const [, ...parts] = /^rgb\(\s*(0|[1-9]\d{0,2})\s*,\s*(0|[1-9]\d{0,2})\s*,\s*(0|[1-9]\d{0,2})\s*\)$/.exec(value) ?? [];
    return parts.length === 3 && parts.every((part) => Number(part) <= 255);
  },
  ssn: matches(/^\d{3}[- ]\d{2}[- ]\d{4}$/),
  uri: isRequestUri,
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  uuid5: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
};

function isDate(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  if (year === undefined) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

function isDateTime(value: string): boolean {
  const [, date = "", hour = "", minute = "", second = ""] =
    /^([^tT]*)[tT](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[zZ]|[+-]\d{2}:\d{2})$/.exec(value) ?? [];
  return isDate(date) && hour <= "23" && minute <= "59" && second <= "59";
}

/** Go's durations, and numbers with the names of units anywhere in the text. */
function isDuration(value: string): boolean {
  if (/^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(value)) return true;
  return [...value.matchAll(/\d\s*([A-Za-zµ]+)/g)].some(([, unit = ""]) =>
    /^(?:ns|us|µs|ms|s|m|h|hr|d|w|wk|(?:nano|micro|milli|sec|min|hour|day|week).*)$/i.test(unit),
  );
}

/** An address as RFC 5322 writes it, with or without a display name. */
function isEmail(value: string): boolean {
  const text = value.trim();
  const [, name, bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
  if (bracketed === undefined) return isAddressSpec(text);
  return /^(?:"(?:[^"\\]|\\.)*"|[^"(),:;@[\\\]]*)$/u.test((name ?? "").trim()) && isAddressSpec(bracketed);
}

function isAddressSpec(text: string): boolean {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  return at > 0 && (/^"(?:[^"\\\r\n]|\\.)*"$/u.test(local) || isDotAtom(local)) && (/^\[[^[\]\\\s]+\]$/.test(domain) || isDotAtom(domain));
}

function isDotAtom(text: string): boolean {
  return text.split(".").every((atom) => /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+$/u.test(atom));
}

/** Letters, digits and symbols of any script; a single label has no hyphen after its second place. */
function isHostname(value: string): boolean {
  const labels = value.split(".");
  if (Buffer.byteLength(value) > 255 || labels.some((label) => Buffer.byteLength(label) > 63)) return false;
  const last = labels.pop() ?? "";
  if (labels.length === 0) return /^[A-Za-z0-9\p{S}\p{L}]-?[A-Za-z0-9\p{S}\p{L}]*$/u.test(last) && !last.endsWith("-");
  return (
    labels.every((label) => /^[A-Za-z0-9\p{S}\p{L}](?:[-A-Za-z0-9\p{S}\p{L}]*[A-Za-z0-9\p{S}\p{L}])?$/u.test(label)) &&
    /^[A-Za-z0-9\p{S}\p{L}](?:-?[A-Za-z0-9\p{S}\p{L}])+$/u.test(last)
  );
}

/** Go's lenient parser: leading zeros are fine, zones are not. */
function isAddress(value: string): boolean {
  return !value.includes("%") && isIP(value.replace(/(?<=^|[.:])0+(?=\d{1,3}(?:\.|$))/g, "")) !== 0;
}

function isCidr(value: string): boolean {
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? [];
  return isAddress(address) && Number(bits) <= (address.includes(":") ? 128 : 32);
}

function isCreditCard(value: string): boolean {
  const digits = value.replace(/\D+/g, "");
  return /^[2-6]\d{11,18}$/.test(digits) && luhn(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isIsbn10(value: string): boolean {
  const digits = value.replace(/[\s-]+/g, "");
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  return Array.from(digits).reduce((sum, char, i) => sum + (i + 1) * (char === "X" ? 10 : Number(char)), 0) % 11 === 0;
}

function isIsbn13(value: string): boolean {
  const digits = value.replace(/[\s-]+/g, "");
  if (!/^\d{13}$/.test(digits)) return false;
  return Array.from(digits).reduce((sum, char, i) => sum + (i % 2 === 0 ? 1 : 3) * Number(char), 0) % 10 === 0;
}

/** What Go's `url.ParseRequestURI` takes: an absolute URI or an absolute path. */
function isRequestUri(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- Go refuses control characters first.
  if (value === "" || /[\0-\x1f\x7f]/.test(value)) return false;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(value)?.[0] ?? "";
  const rest = value.slice(scheme.length);
  if (!rest.startsWith("/")) return scheme !== "";
  if (scheme === "" || !rest.startsWith("//")) return hasGoodEscapes(pathOf(rest));
  const [, authority = "", path = ""] = /^\/\/([^/?]*)(.*)$/.exec(rest) ?? [];
  return isAuthority(authority) && hasGoodEscapes(pathOf(path));
}

function pathOf(text: string): string {
  return text.split("?", 1)[0] ?? "";
}

function hasGoodEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text);
}

function isAuthority(authority: string): boolean {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const bracketed = /^\[[^\]]*\](?::\d*)?$/.test(host);
  if (host.startsWith("[") && !bracketed) return false;
  if (!bracketed && !/^[^:]*(?::\d*)?$/.test(host)) return false;
  return /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]|[^\0-\x7f]|%(?:25|[89a-fA-F][0-9a-fA-F]))*$/u.test(host);
}
