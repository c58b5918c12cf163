import { dns1123LabelProblems, dns1123SubdomainProblems } from "@operatorkit/object";
import { type FieldProblem, duplicate, invalid, notSupported, required } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, stringAt } from "../json-object.ts";

const MAX_INT32 = 2 ** 31 - 1;
const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];

/**
 * What is wrong with the spec of a pod or of its template: the part of the real server's checks that people run into.
 * Source: k8s.io/kubernetes `pkg/apis/core/validation/validation.go` (ValidatePodSpec).
 */
export function podSpecProblems(spec: JsonObject, field: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [...volumeProblems(spec, field), ...containerProblems(spec, field)];
  const isOneOf = (key: string, values: readonly string[]): void => {
    const value = stringAt(spec, key);
    if (value !== "" && !values.includes(value)) problems.push(notSupported(`${field}.${key}`, value, values));
  };
  isOneOf("restartPolicy", RESTART_POLICIES);
  isOneOf("dnsPolicy", DNS_POLICIES);
  const deadline = spec["activeDeadlineSeconds"];
  if (typeof deadline === "number" && (deadline < 1 || deadline > MAX_INT32)) {
    problems.push(invalid(`${field}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MAX_INT32}, inclusive`));
  }
  const named = (key: string, check: (name: string) => readonly string[]): void => {
    const name = stringAt(spec, key);
    if (name !== "") for (const why of check(name)) problems.push(invalid(`${field}.${key}`, name, why));
  };
  named("nodeName", dns1123SubdomainProblems);
  named("hostname", dns1123LabelProblems);
  named("subdomain", dns1123LabelProblems);
  return problems;
}

function volumeProblems(spec: JsonObject, field: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  for (const [index, volume] of listAt(spec, "volumes").entries()) {
    const name = stringAt(volume, "name");
    const at = `${field}.volumes[${index}].name`;
    if (name === "") continue;
    const wrong = dns1123LabelProblems(name);
    for (const why of wrong) problems.push(invalid(at, name, why));
    if (wrong.length === 0 && seen.has(name)) problems.push(duplicate(at, name));
    seen.add(name);
  }
  return problems;
}

function containerProblems(spec: JsonObject, field: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  const volumes = new Set(listAt(spec, "volumes").map((volume) => stringAt(volume, "name")));
  for (const key of ["initContainers", "containers"]) {
    for (const [index, container] of listAt(spec, key).entries()) {
      const name = stringAt(container, "name");
      const at = `${field}.${key}[${index}]`;
      const image = stringAt(container, "image");
      if (name !== "") {
        for (const detail of dns1123LabelProblems(name)) problems.push(invalid(`${at}.name`, name, detail));
        if (seen.has(name)) problems.push(duplicate(`${at}.name`, name));
        seen.add(name);
      }
      if (image === "") problems.push(required(`${at}.image`, ""));
      else if (image.trim() !== image) problems.push(invalid(`${at}.image`, image, "must not have leading or trailing whitespace"));
      if (isObject(container)) problems.push(...detailProblems(container, at, volumes));
    }
  }
  return problems;
}

function detailProblems(container: JsonObject, field: string, volumes: ReadonlySet<string>): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [index, port] of listAt(container, "ports").filter(isObject).entries()) {
    const at = `${field}.ports[${index}]`;
    const name = stringAt(port, "name");
    if (name !== "") problems.push(...portNameProblems(name, `${at}.name`));
    const number = port["containerPort"];
    if (number === undefined || number === 0) problems.push(required(`${at}.containerPort`, ""));
    else problems.push(...portProblems(number, `${at}.containerPort`));
    problems.push(...protocolProblems(port, at));
  }
  for (const [index, variable] of listAt(container, "env").entries()) {
    const name = stringAt(variable, "name");
    if (name === "") problems.push(required(`${field}.env[${index}].name`, ""));
    else if (!/^[ -<>-~]+$/.test(name)) {
      const why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
      problems.push(invalid(`${field}.env[${index}].name`, name, why));
    }
  }
  for (const [index, mount] of listAt(container, "volumeMounts").entries()) {
    const name = stringAt(mount, "name");
    if (name === "" || volumes.has(name)) continue;
    const message = `Not found: ${JSON.stringify(name)}`;
    problems.push({ reason: "FieldValueNotFound", field: `${field}.volumeMounts[${index}].name`, message });
  }
  const policy = stringAt(container, "imagePullPolicy");
  if (policy !== "" && !PULL_POLICIES.includes(policy)) problems.push(notSupported(`${field}.imagePullPolicy`, policy, PULL_POLICIES));
  return problems;
}

/** A port by its number. */
export function portProblems(port: unknown, field: string): readonly FieldProblem[] {
  if (typeof port === "number" && port >= 1 && port <= 65_535) return [];
  return [invalid(field, port, "must be between 1 and 65535, inclusive")];
}

/** A port by its name. Source: apimachinery `util/validation/validation.go` IsValidPortName. */
export function portNameProblems(name: string, field: string): readonly FieldProblem[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(name)) problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) problems.push("must contain at least one letter (a-z)");
  if (name.includes("--")) problems.push("must not contain consecutive hyphens");
  if (name.startsWith("-") || name.endsWith("-")) problems.push("must not begin or end with a hyphen");
  return problems.map((why) => invalid(field, name, why));
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

/** What a port speaks. */
export function protocolProblems(port: JsonObject, field: string): readonly FieldProblem[] {
  const protocol = stringAt(port, "protocol");
  return protocol === "" || PROTOCOLS.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, PROTOCOLS)];
}
