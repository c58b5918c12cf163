import { describe, expect, it } from "vitest";
import {
  dns1035LabelProblems,
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  finalizerProblems,
  generateName,
  labelValueProblems,
  qualifiedNameProblems,
} from "./names.ts";
import { pluralOf } from "./plural.ts";

// The messages are those of a kube-apiserver 1.36.
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const dns1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const namePart =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const long = (char: string): string => char.repeat(260);

describe.each([
  ["dns1123LabelProblems", dns1123LabelProblems, label, 63, ["a", "a-b", "1a"], ["", "A", "a.b", "a-", "-a", "a_b", "é", "a\n"]],
  ["dns1123SubdomainProblems", dns1123SubdomainProblems, subdomain, 253, ["a", "a.b-c.1"], ["", "A", "a..b", ".a", "a.", "a.-b"]],
  ["dns1035LabelProblems", dns1035LabelProblems, dns1035, 63, ["a", "a-1"], ["", "1a", "a.b", "A"]],
] as const)("%s", (_, problems, message, max, good, bad) => {
  it.each(good)("takes %j", (name) => {
    expect(problems(name)).toEqual([]);
  });

  it.each(bad)("refuses %j", (name) => {
    expect(problems(name)).toEqual([message]);
  });

  it("counts characters", () => {
    expect(problems("a".repeat(max))).toEqual([]);
    expect(problems(long("a"))).toEqual([`must be no more than ${max} characters`]);
    expect(problems(long("A"))).toEqual([`must be no more than ${max} characters`, message]);
  });
});

describe("qualifiedNameProblems", () => {
  it.each(["a", "A.b_c-d", "example.com/A", "a".repeat(63), `${"a".repeat(253)}/a`])("takes %j", (name) => {
    expect(qualifiedNameProblems(name)).toEqual([]);
  });

  it.each([
    ["-x", [namePart]],
    ["", ["name part must be non-empty", namePart]],
    ["a/", ["name part must be non-empty", namePart]],
    ["/x", ["prefix part must be non-empty"]],
    ["A/x", [`prefix part ${subdomain}`]],
    [long("A"), ["name part must be no more than 63 bytes"]],
    [`${long("a")}/a`, ["prefix part must be no more than 253 bytes"]],
    ["é", [namePart]],
    [
      "a/b/c",
      [
        `a valid label key ${namePart.slice("name part ".length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ],
    ],
  ])("refuses %j", (name, expected) => {
    expect(qualifiedNameProblems(name)).toEqual(expected);
  });
});

describe("labelValueProblems", () => {
  it.each([
    ["", []],
    ["a", []],
    ["A_b.c-1", []],
    ["-a", [value]],
    ["a ", [value]],
    [long("a"), ["must be no more than 63 bytes"]],
  ])("%j", (text, expected) => {
    expect(labelValueProblems(text)).toEqual(expected);
  });
});

describe("finalizerProblems", () => {
  it.each([
    ["example.com/clean-up", []],
    ["orphan", []],
    ["foregroundDeletion", []],
    ["kubernetes", []],
    ["clean-up", ["name is neither a standard finalizer name nor is it fully qualified"]],
    ["/x", ["prefix part must be non-empty"]],
  ])("%j", (name, expected) => {
    expect(finalizerProblems(name)).toEqual(expected);
  });
});

describe("generateName", () => {
  it("adds five characters that spell no words", () => {
    expect(generateName("web-")).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it("takes its randomness from outside", () => {
    const numbers = [0, 0.5, 0.999999, 0.2, 0.8];
    expect(generateName("a-", () => numbers.shift() ?? 0)).toBe("a-br9h4");
  });

  it("cuts a long prefix so that the name fits", () => {
    expect(generateName("x".repeat(100), () => 0)).toBe(`${"x".repeat(58)}bbbbb`);
  });
});

describe("pluralOf", () => {
  it.each([
    ["Memcached", "memcacheds"],
    ["Policy", "policies"],
    ["Gateway", "gateways"],
    ["Ingress", "ingresses"],
    ["Mailbox", "mailboxes"],
    ["Batch", "batches"],
    ["Endpoints", "endpoints"],
    ["Proxy", "proxies"],
  ])("%s → %s", (kind, plural) => {
    expect(pluralOf(kind)).toBe(plural);
  });
});
