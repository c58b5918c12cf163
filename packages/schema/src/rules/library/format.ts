import {
  dns1035LabelProblems,
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from "@operatorkit/object";
import { hasFormat } from "../../formats.ts";
import type { Library } from "../cel.ts";
import { functionNamespace } from "../function-namespace.ts";

type Problems = (text: string) => readonly string[];

const prefix =
  (problems: Problems): Problems =>
  (text) =>
    problems(text.replace(/-$/, "a"));
const known =
  (format: string, why: string): Problems =>
  (text) =>
    hasFormat(format, text) ? [] : [why];

const FORMATS: Readonly<Record<string, Problems>> = {
  dns1123Label: dns1123LabelProblems,
  dns1123Subdomain: dns1123SubdomainProblems,
  dns1035Label: dns1035LabelProblems,
  qualifiedName: qualifiedNameProblems,
  labelValue: labelValueProblems,
  dns1123LabelPrefix: prefix(dns1123LabelProblems),
  dns1123SubdomainPrefix: prefix(dns1123SubdomainProblems),
  dns1035LabelPrefix: prefix(dns1035LabelProblems),
  uri: known("uri", "invalid URL"),
  uuid: known("uuid", "does not match the UUID format"),
  byte: known("byte", "invalid base64"),
  date: known("date", "invalid date"),
  datetime: known("date-time", "invalid datetime"),
};

/** Source: k8s.io/apiserver `pkg/cel/library/format.go`. */
export const format: Library = (environment, { Optional }) => {
  const namespace = functionNamespace(environment, "format");
  environment.registerType("kubernetes.NamedFormat", NamedFormat);
  for (const [name, problems] of Object.entries(FORMATS)) {
    environment.registerFunction(`${namespace}.${name}(): kubernetes.NamedFormat`, () => new NamedFormat(problems));
  }
  environment
    .registerFunction(`${namespace}.named(string): optional<kubernetes.NamedFormat>`, (_: unknown, name: string) => {
      const problems = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
      return problems === undefined ? Optional.none() : Optional.of(new NamedFormat(problems));
    })
    .registerFunction("kubernetes.NamedFormat.validate(string): optional<list<string>>", ({ problems }: NamedFormat, text: string) => {
      const found = problems(text);
      return found.length === 0 ? Optional.none() : Optional.of(found);
    });
};

class NamedFormat {
  readonly problems: Problems;

  constructor(problems: Problems) {
    this.problems = problems;
  }
}
