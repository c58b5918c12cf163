/**
 * The rules for names, in the words a Kubernetes API server uses to refuse one. Every function returns what is wrong
 * with the name, or nothing when it is fine.
 *
 * Source: k8s.io/apimachinery `util/validation/validation.go`, `api/validation/objectmeta.go`.
 */

/** A name that becomes one part of a DNS name: a namespace, a container, a port. */
export function dns1123LabelProblems(name: string): readonly string[] {
  return problems(name, 63, "characters", DNS_1123_LABEL, DNS_1123_LABEL_MESSAGE);
}

/** A name with dots: most objects, API groups. */
export function dns1123SubdomainProblems(name: string): readonly string[] {
  return problems(name, 253, "characters", DNS_1123_SUBDOMAIN, DNS_1123_SUBDOMAIN_MESSAGE);
}

/** A label that starts with a letter: a Service, and the plural, singular, short names and categories of a kind. */
export function dns1035LabelProblems(name: string): readonly string[] {
  return problems(name, 63, "characters", DNS_1035_LABEL, DNS_1035_LABEL_MESSAGE);
}

/** `name` or `prefix.example.com/name`: label and annotation keys, condition types, finalizers. */
export function qualifiedNameProblems(name: string): readonly string[] {
  const parts = name.split("/");
  if (parts.length > 2) {
    return [`a valid label key ${QUALIFIED_NAME_MESSAGE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const found: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] ?? "";
    if (prefix === "") found.push("prefix part must be non-empty");
    else
      found.push(
        ...problems(prefix, 253, "bytes", DNS_1123_SUBDOMAIN, DNS_1123_SUBDOMAIN_MESSAGE).map((problem) => `prefix part ${problem}`),
      );
  }
  const local = parts[parts.length - 1] ?? "";
  if (local === "") found.push("name part must be non-empty");
  found.push(...problems(local, 63, "bytes", QUALIFIED_NAME, QUALIFIED_NAME_MESSAGE).map((problem) => `name part ${problem}`));
  return found;
}

/** The value of a label; it may be empty. */
export function labelValueProblems(value: string): readonly string[] {
  return problems(value, 63, "bytes", LABEL_VALUE, LABEL_VALUE_MESSAGE);
}

/**
 * The name of a finalizer: a qualified name with a prefix. The two without one that Kubernetes itself uses
 * (`orphan`, `foregroundDeletion`) and the namespace finalizer `kubernetes` are fine.
 */
export function finalizerProblems(name: string): readonly string[] {
  const found = qualifiedNameProblems(name);
  if (found.length > 0 || name.includes("/") || STANDARD_FINALIZERS.has(name)) return found;
  return ["name is neither a standard finalizer name nor is it fully qualified"];
}

/**
 * The name an API server would make of `metadata.generateName`: the prefix, cut so that the whole has at most 63 characters,
 * and five characters without vowels or look-alikes.
 *
 * Source: k8s.io/apiserver `storage/names/generate.go`, apimachinery `util/rand/rand.go`.
 * @param random returns a number in [0, 1)
 */
export function generateName(prefix: string, random: () => number = Math.random): string {
  let suffix = "";
  for (let i = 0; i < SUFFIX_LENGTH; i++) suffix += SUFFIX_ALPHABET[Math.floor(random() * SUFFIX_ALPHABET.length)] ?? "";
  return prefix.slice(0, 63 - SUFFIX_LENGTH) + suffix;
}

const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

const DNS_1123_LABEL_SOURCE = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS_1123_SUBDOMAIN_SOURCE = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS_1035_LABEL_SOURCE = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_NAME_SOURCE = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE_SOURCE = `(${QUALIFIED_NAME_SOURCE})?`;

const DNS_1123_LABEL = whole(DNS_1123_LABEL_SOURCE);
const DNS_1123_SUBDOMAIN = whole(DNS_1123_SUBDOMAIN_SOURCE);
const DNS_1035_LABEL = whole(DNS_1035_LABEL_SOURCE);
const QUALIFIED_NAME = whole(QUALIFIED_NAME_SOURCE);
const LABEL_VALUE = whole(LABEL_VALUE_SOURCE);

const DNS_1123_LABEL_MESSAGE = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  DNS_1123_LABEL_SOURCE,
  ["my-name", "123-abc"],
);
const DNS_1123_SUBDOMAIN_MESSAGE = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  DNS_1123_SUBDOMAIN_SOURCE,
  ["example.com"],
);
const DNS_1035_LABEL_MESSAGE = regexError(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  DNS_1035_LABEL_SOURCE,
  ["my-name", "abc-123"],
);
const QUALIFIED_NAME_MESSAGE = regexError(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED_NAME_SOURCE,
  ["MyName", "my.name", "123-abc"],
);
const LABEL_VALUE_MESSAGE = regexError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE_SOURCE,
  ["MyValue", "my_value", "12345"],
);

/** Object names are measured in characters, label keys and values in bytes: the server says so, and it is the same for valid ones. */
function problems(name: string, max: number, unit: "bytes" | "characters", pattern: RegExp, message: string): readonly string[] {
  const length = Buffer.byteLength(name);
  const found = length > max ? [`must be no more than ${max} ${unit}`] : [];
  // A name without end is not worth a match: what is wrong with it is said already.
  if (length < 10_000 && !pattern.test(name)) found.push(message);
  return found;
}

function regexError(message: string, source: string, examples: readonly string[]): string {
  const quoted = examples.map((example) => `'${example}'`).join(",  or ");
  return `${message} (e.g. ${quoted}, regex used for validation is '${source}')`;
}

function whole(source: string): RegExp {
  return new RegExp(`^(?:${source})$`);
}
