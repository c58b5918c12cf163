import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabelSelectorError, type LabelRequirement } from "./label-requirement.ts";
import { formatLabelSelector, labelRequirementsOf, matchesLabels, parseLabelSelector } from "./label-selector.ts";

const one = (key: string, operator: LabelRequirement["operator"], ...values: readonly string[]): LabelRequirement => ({
  key,
  operator,
  values,
});

describe("parseLabelSelector", () => {
  it.each<readonly [string, readonly LabelRequirement[]]>([
    ["", []],
    ["a", [one("a", "exists")]],
    ["b,a", [one("a", "exists"), one("b", "exists")]],
    ["!a", [one("a", "!")]],
    ["! a", [one("a", "!")]],
    ["a=b", [one("a", "=", "b")]],
    ["a==b", [one("a", "==", "b")]],
    ["a!=b", [one("a", "!=", "b")]],
    ["a  =\tb", [one("a", "=", "b")]],
    ["a=", [one("a", "=", "")]],
    ["a!=,b", [one("a", "!=", ""), one("b", "exists")]],
    ["a in (c,b,c)", [one("a", "in", "b", "c")]],
    ["a in(b)", [one("a", "in", "b")]],
    ["a\nin(b)", [one("a", "in", "b")]],
    ["a notin (b)", [one("a", "notin", "b")]],
    ["a in ()", [one("a", "in", "")]],
    ["a in (,b)", [one("a", "in", "", "b")]],
    ["a in (b,)", [one("a", "in", "", "b")]],
    ["a in (,)", [one("a", "in", "")]],
    ["a in (a),b", [one("a", "in", "a"), one("b", "exists")]],
    ["in in (in,notin)", [one("in", "in", "in", "notin")]],
    ["notin", [one("notin", "exists")]],
    ["a=in", [one("a", "=", "in")]],
    ["a>5,b<3", [one("a", ">", "5"), one("b", "<", "3")]],
    ["a=b,a=c", [one("a", "=", "b"), one("a", "=", "c")]],
    ["example.com/a.b_c-D=x.y_z-W", [one("example.com/a.b_c-D", "=", "x.y_z-W")]],
  ])("reads %j", (text, expected) => {
    expect(parseLabelSelector(text)).toEqual(expected);
  });

  it.each([
    ["a in b", "unable to parse requirement: found 'b' expected: '('"],
    ["a in (b", "unable to parse requirement: found '', expected: ',' or ')'"],
    ["a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ["a>5.5", "unable to parse requirement: values[0]: Invalid value: \"5.5\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ["=b", "found '=', expected: !, identifier, or 'end of string'"],
    ["a=b=c", "found '=', expected: ',' or 'end of string'"],
    ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    [",", "found ',', expected: !, identifier, or 'end of string'"],
    [" , ", "found ',', expected: !, identifier, or 'end of string'"],
    ["a,", "found '', expected: identifier after ','"],
    ["a,,b", "found ',', expected: identifier after ','"],
    ["!", "unable to parse requirement: found '', expected: identifier"],
    ["!a=b", "found '=', expected: ',' or 'end of string'"],
    ["a in", "unable to parse requirement: found '' expected: '('"],
    ["a notin", "unable to parse requirement: found '' expected: '('"],
    [
      "-a",
      "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      "a=-b",
      "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      "a/b/c",
      "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ],
    ["a=b c", "found 'c', expected: ',' or 'end of string'"],
    ["a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ["a(b)", "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
    ["a)", "unable to parse requirement: found ')', expected: in, notin, =, ==, !=, gt, lt"],
    ["a=(b)", "unable to parse requirement: found '(', expected: identifier"],
    ["a<", "unable to parse requirement: values[0]: Invalid value: \"\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ["a>", "unable to parse requirement: values[0]: Invalid value: \"\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ["a!b", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ["a!", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    [
      "A/b=c",
      "unable to parse requirement: <nil>: Invalid value: \"A/b\": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [
      'a="x"',
      "unable to parse requirement: values[0][a]: Invalid value: \"\\\"x\\\"\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      "a='x'",
      "unable to parse requirement: values[0][a]: Invalid value: \"'x'\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      "a=é",
      "unable to parse requirement: values[0][a]: Invalid value: \"é\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    ["a>=5", "unable to parse requirement: found '=', expected: identifier"],
    ["a=>5", "unable to parse requirement: found '>', expected: identifier"],
    [
      "a in (x,-y)",
      "unable to parse requirement: values[0][a]: Invalid value: \"-y\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    ["a exists", "unable to parse requirement: found 'exists', expected: in, notin, =, ==, !=, gt, lt"],
  ])("refuses %j as a kube-apiserver does", (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(LabelSelectorError);
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ message, code: "InvalidLabelSelector" }));
  });

  it("reads what it writes", () => {
    const key = fc.constantFrom("a", "b", "example.com/c", "in", "x-y_z.0");
    const values = fc.uniqueArray(fc.constantFrom("", "a", "b1", "x.y", "notin"), { minLength: 1, maxLength: 3 });
    const value = values.map((some) => some.slice(0, 1));
    const requirement = fc.oneof(
      fc.record({ key, operator: fc.constantFrom("in" as const, "notin" as const), values: values.map((some) => some.toSorted()) }),
      fc.record({ key, operator: fc.constantFrom("=" as const, "==" as const, "!=" as const), values: value }),
      fc.record({ key, operator: fc.constantFrom("exists" as const, "!" as const), values: fc.constant([]) }),
      fc.record({ key, operator: fc.constantFrom("<" as const, ">" as const), values: fc.constantFrom(["5"], ["0"]) }),
    );
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 4 }), (requirements) => {
        const sorted = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
        expect(parseLabelSelector(formatLabelSelector(requirements))).toEqual(sorted);
      }),
    );
  });

  it("answers any text with requirements or its own error", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", " ", "=", "!", "(", ")", ",", "<", ">", "in", "notin", "-", "/"))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (selector) => {
        let error: unknown;
        try {
          parseLabelSelector(selector);
        } catch (thrown) {
          error = thrown;
        }
        expect(error === undefined || error instanceof LabelSelectorError).toBe(true);
      }),
    );
  });
});

describe("labelRequirementsOf", () => {
  it("reads labels and expressions", () => {
    const selector = {
      matchLabels: { app: "web" },
      matchExpressions: [
        { key: "tier", operator: "In", values: ["b", "a"] },
        { key: "old", operator: "DoesNotExist" },
        { key: "env", operator: "NotIn", values: ["dev"] },
        { key: "zone", operator: "Exists", values: [] },
      ],
    };
    expect(formatLabelSelector(labelRequirementsOf(selector))).toBe("app=web,env notin (dev),!old,tier in (a,b),zone");
  });

  it("selects everything when empty, nothing when missing", () => {
    expect(matchesLabels(labelRequirementsOf({}), undefined)).toBe(true);
    expect(matchesLabels(labelRequirementsOf({}), { a: "b" })).toBe(true);
    for (const none of [undefined, null]) {
      expect(matchesLabels(labelRequirementsOf(none), undefined)).toBe(false);
      expect(matchesLabels(labelRequirementsOf(none), { "": "", a: "b" })).toBe(false);
    }
  });

  it.each([
    [{ matchExpressions: [{ key: "a", operator: "Like", values: [] }] }, '"Like" is not a valid label selector operator'],
    [
      { matchExpressions: [{ key: "a", operator: "In", values: [] }] },
      "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    [
      { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] },
      'values: Invalid value: ["b"]: values set must be empty for exists and does not exist',
    ],
    [{ matchLabels: { "-": "b" } }, 'key: Invalid value: "-": name part must consist of'],
    [{ matchLabels: { a: "-" } }, 'values[0][a]: Invalid value: "-": a valid label must be an empty string or consist of'],
    [{ matchLabels: { "-": "-" } }, "[key: Invalid value"],
  ])("refuses %j", (selector, message) => {
    expect(() => labelRequirementsOf(selector)).toThrow(message);
  });
});

describe("matchesLabels", () => {
  const labels = { app: "web", n: "5", empty: "", "example.com/a": "b" };

  it.each([
    ["", true],
    ["app", true],
    ["nope", false],
    ["!nope", true],
    ["!app", false],
    ["app=web", true],
    ["app==api", false],
    ["app!=api", true],
    ["app!=web", false],
    ["nope!=web", true],
    ["app in (api,web)", true],
    ["nope in (api,)", false],
    ["app notin (api)", true],
    ["app notin (api,web)", false],
    ["nope notin (api)", true],
    ["empty=", true],
    ["empty", true],
    ["n>4", true],
    ["n>5", false],
    ["n<6", true],
    ["n<5", false],
    ["app>1", false],
    ["nope<1", false],
    ["app=web,n=5,!nope", true],
    ["app=web,n=6", false],
    ["example.com/a=b", true],
    ["constructor", false],
    ["toString notin (x)", true],
  ])("%j is %s", (selector, expected) => {
    expect(matchesLabels(parseLabelSelector(selector), labels)).toBe(expected);
  });

  it("compares numbers beyond those of JavaScript exactly, and none beyond 64 bits", () => {
    expect(matchesLabels(parseLabelSelector("n>9007199254740992"), { n: "9007199254740993" })).toBe(true);
    expect(matchesLabels(parseLabelSelector("n>1"), { n: "9223372036854775808" })).toBe(false);
  });

  it("treats missing labels as none", () => {
    expect(matchesLabels(parseLabelSelector("!a,b!=c"), undefined)).toBe(true);
    expect(matchesLabels(parseLabelSelector("a"), undefined)).toBe(false);
  });

  it("is the opposite for = and !=, in and notin, exists and !", () => {
    const key = fc.constantFrom("app", "n", "nope", "empty");
    const value = fc.constantFrom("", "web", "5", "x");
    fc.assert(
      fc.property(key, value, value, (k, v, w) => {
        const pairs = [
          [`${k}=${v}`, `${k}!=${v}`],
          [`${k} in (${v},${w})`, `${k} notin (${v},${w})`],
          [k, `!${k}`],
        ] as const;
        for (const [is, isNot] of pairs) {
          expect(matchesLabels(parseLabelSelector(is), labels)).toBe(!matchesLabels(parseLabelSelector(isNot), labels));
        }
      }),
    );
  });
});
