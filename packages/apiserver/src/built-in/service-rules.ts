import { dns1123LabelProblems, dns1123SubdomainProblems, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { type FieldProblem, duplicate, forbidden, invalid, notSupported, required } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { RuleContext } from "../resource-descriptor.ts";
import { labelProblems } from "../rules/metadata.ts";
import { portNameProblems, portProblems, protocolProblems } from "./pod-problems.ts";
import type { RuleOverrides } from "./rules.ts";
import { allocateServiceAddresses } from "./service-addresses.ts";
import { serviceWarnings } from "./service-warnings.ts";
import { isExternallyAccessible, needsHealthCheckPort, hasNodePorts } from "./service-needs.ts";

/** Source: k8s.io/kubernetes `pkg/registry/core/service/strategy.go`, `pkg/registry/core/service/storage/storage.go`. */
export const SERVICE: RuleOverrides = {
  createOnUpdate: true,
  deleteAnswersObject: true,
  keyPrefix: "services/specs",
  nameProblems: dns1123LabelProblems,
  prepareForCreate(service, { subresource }) {
    service["status"] = { loadBalancer: {} };
    // Only the storage behind the main path knows of addresses.
    if (subresource === undefined) agreeOnAddresses(objectAt(service, "spec"), {});
    withoutInternalPolicy(objectAt(service, "spec"));
  },
  prepareForUpdate(service, before) {
    const spec = objectAt(service, "spec");
    const old = objectAt(before, "spec");
    keepAllocated(spec, old);
    agreeOnAddresses(spec, old);
    dropWhatTypeHasNot(spec, old);
    withoutInternalPolicy(spec);
    // Nobody balances it any more, whatever its status said.
    if (old["type"] === "LoadBalancer" && spec["type"] !== "LoadBalancer")
      service["status"] = { ...objectAt(service, "status"), loadBalancer: {} };
  },
  validate: serviceProblems,
  allocate: allocateServiceAddresses,
};

const needsAddress = (spec: JsonObject): boolean => spec["type"] !== "ExternalName";
const isSame = (a: unknown, b: unknown): boolean => sameJson((a ?? null) as Json, (b ?? null) as Json);

/** What was given and an update leaves out stays: addresses, and node ports by their port's name (patchAllocatedValues). */
function keepAllocated(spec: JsonObject, old: JsonObject): void {
  if (needsAddress(old) && needsAddress(spec)) {
    if (stringAt(spec, "clusterIP") === "") setIfGiven(spec, "clusterIP", old["clusterIP"]);
    if (listAt(spec, "clusterIPs").length === 0 && spec["clusterIP"] === old["clusterIP"])
      setIfGiven(spec, "clusterIPs", old["clusterIPs"]);
    // The families follow from the policy.
    if (spec["ipFamilyPolicy"] === undefined) setIfGiven(spec, "ipFamilyPolicy", old["ipFamilyPolicy"]);
  }
  if (hasNodePorts(old) && hasNodePorts(spec)) keepNodePorts(portsOf(spec), portsOf(old));
  if (needsHealthCheckPort(old) && needsHealthCheckPort(spec) && !spec["healthCheckNodePort"])
    setIfGiven(spec, "healthCheckNodePort", old["healthCheckNodePort"]);
}

function keepNodePorts(ports: readonly JsonObject[], old: readonly JsonObject[]): void {
  const known = new Map(old.map((port) => [stringAt(port, "name"), port["nodePort"]]));
  const used = new Set(ports.map((port) => port["nodePort"]));
  for (const port of ports) {
    if (port["nodePort"]) continue;
    const nodePort = known.get(stringAt(port, "name"));
    if (nodePort === undefined || used.has(nodePort)) continue;
    port["nodePort"] = nodePort;
    used.add(nodePort);
  }
}

/** `clusterIPs` follows `clusterIP` when only that was set, changed or emptied (normalizeClusterIPs). */
function agreeOnAddresses(spec: JsonObject, old: JsonObject): void {
  const address = stringAt(spec, "clusterIP");
  const isOnlyOne =
    listAt(spec, "clusterIPs").length === 0 || (address !== stringAt(old, "clusterIP") && isSame(spec["clusterIPs"], old["clusterIPs"]));
  if (!isOnlyOne) return;
  if (address === "") delete spec["clusterIPs"];
  else spec["clusterIPs"] = [address];
}

/** Nothing in the cluster is behind an external name. Source: `storage.go` (defaultOnReadInternalTrafficPolicy). */
function withoutInternalPolicy(spec: JsonObject): void {
  if (!needsAddress(spec)) delete spec["internalTrafficPolicy"];
}

/** A change of type lets go of what the new one has not, unless the update says something about it (dropTypeDependentFields). */
function dropWhatTypeHasNot(spec: JsonObject, old: JsonObject): void {
  const dropUnchanged = (...keys: readonly string[]): void => {
    for (const key of keys) if (isSame(spec[key], old[key])) delete spec[key];
  };
  if (needsAddress(old) && !needsAddress(spec)) {
    if (isSame(spec["clusterIPs"], old["clusterIPs"])) delete spec["clusterIP"];
    dropUnchanged("clusterIPs", "ipFamilies", "ipFamilyPolicy");
  }
  const nodePorts = (of: JsonObject): unknown[] => portsOf(of).map((port) => port["nodePort"] ?? 0);
  if (hasNodePorts(old) && !hasNodePorts(spec) && isSame(nodePorts(spec), nodePorts(old)))
    for (const port of portsOf(spec)) delete port["nodePort"];
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(spec)) dropUnchanged("healthCheckNodePort");
  if (old["type"] === "LoadBalancer" && spec["type"] !== "LoadBalancer")
    dropUnchanged("allocateLoadBalancerNodePorts", "loadBalancerClass");
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec)) dropUnchanged("externalTrafficPolicy");
}

function setIfGiven(spec: JsonObject, key: string, value: unknown): void {
  if (value !== undefined) spec[key] = value;
}

function portsOf(spec: JsonObject): JsonObject[] {
  return listAt(spec, "ports").filter(isObject);
}

const POLICIES = ["Cluster", "Local"];
const AFFINITIES = ["ClientIP", "None"];

/** The same port in the same protocol is one. */
function repeatedPortProblems(ports: readonly JsonObject[]): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  for (const [index, { port, protocol }] of ports.entries()) {
    const key = JSON.stringify([port, protocol]);
    const shown = { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (seen.has(key)) problems.push(duplicate(`spec.ports[${index}]`, shown));
    seen.add(key);
  }
  return problems;
}

function serviceProblems(
  service: JsonObject,
  before: JsonObject | undefined,
  { warn, subresource }: Pick<RuleContext, "warn" | "subresource">,
): readonly FieldProblem[] {
  const spec = objectAt(service, "spec");
  const problems: FieldProblem[] = [];
  const ports = listAt(spec, "ports").filter(isObject);
  if (ports.length === 0 && !isSame(spec["clusterIPs"], ["None"]) && spec["type"] !== "ExternalName")
    problems.push(required("spec.ports", ""));
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const name = stringAt(port, "name");
    if (name === "" && ports.length > 1) problems.push(required(`spec.ports[${index}].name`, ""));
    if (name !== "") {
      for (const detail of dns1123LabelProblems(name)) problems.push(invalid(`spec.ports[${index}].name`, name, detail));
      if (names.has(name))
        problems.push({
          reason: "FieldValueDuplicate",
          field: `spec.ports[${index}].name`,
          message: `Duplicate value: ${JSON.stringify(name)}`,
        });
      names.add(name);
    }
    const at = `spec.ports[${index}]`;
    problems.push(...portProblems(port["port"], `${at}.port`), ...protocolProblems(port, at));
    const target = port["targetPort"];
    if (typeof target === "string" && target !== "") problems.push(...portNameProblems(target, `${at}.targetPort`));
    else if (typeof target === "number") problems.push(...portProblems(target, `${at}.targetPort`));
  }
  problems.push(...repeatedPortProblems(ports), ...labelProblems(objectAt(spec, "selector"), "spec.selector"));
  const affinity = stringAt(spec, "sessionAffinity");
  if (affinity !== "" && !AFFINITIES.includes(affinity)) problems.push(notSupported("spec.sessionAffinity", affinity, AFFINITIES));
  const external = stringAt(spec, "externalName").replace(/\.$/, "");
  if (spec["type"] === "ExternalName") {
    if (external === "") problems.push(required("spec.externalName", ""));
    else for (const why of dns1123SubdomainProblems(external)) problems.push(invalid("spec.externalName", external, why));
  }
  const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
  if (!types.includes(stringAt(spec, "type"))) problems.push(notSupported("spec.type", spec["type"], types));
  if (spec["type"] !== "LoadBalancer" && listAt(objectAt(service["status"], "loadBalancer"), "ingress").length > 0) {
    problems.push(forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'"));
  }
  problems.push(...addressProblems(spec), ...typeProblems(spec, before === undefined ? undefined : objectAt(before, "spec")));
  if (problems.length === 0 && (before === undefined || subresource === undefined))
    for (const warning of serviceWarnings(service)) warn?.(warning);
  return problems;
}

/** Source: `pkg/apis/core/validation/validation.go` (ValidateServiceClusterIPsRelatedFields). */
function addressProblems(spec: JsonObject): readonly FieldProblem[] {
  const addresses = listAt(spec, "clusterIPs");
  if (!needsAddress(spec)) {
    const given = [
      ...(addresses.length > 0 ? ["clusterIPs"] : []),
      ...["ipFamilies", "ipFamilyPolicy"].filter((key) => spec[key] !== undefined),
    ];
    return given.map((key) => forbidden(`spec.${key}`, "may not be set for ExternalName services"));
  }
  const address = stringAt(spec, "clusterIP");
  if (addresses.length === 0 && address !== "") return [required("spec.clusterIPs", "")];
  if (addresses.length > 0 && address === "")
    return [invalid("spec.clusterIPs", addresses, "must be empty when `clusterIP` is not specified")];
  if (addresses.length > 0 && addresses[0] !== address)
    return [invalid("spec.clusterIPs", addresses, "first value must match `clusterIP`")];
  if (listAt(spec, "ipFamilies")[0] === "IPv6" && /^[\d.]+$/.test(address))
    return [invalid("spec.clusterIPs[0]", address, "expected an IPv6 value as indicated by `ipFamilies[0]`")];
  return address === "None" && spec["type"] !== "ClusterIP"
    ? [invalid("spec.clusterIPs[0]", address, `may not be set to 'None' for ${stringAt(spec, "type")} services`)]
    : [];
}

/** What only some types have, and what of it never changes. Source: `pkg/apis/core/validation/validation.go` (ValidateService, ValidateServiceUpdate). */
function typeProblems(spec: JsonObject, old: JsonObject | undefined): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (old !== undefined && needsAddress(old) && needsAddress(spec) && spec["clusterIP"] !== old["clusterIP"])
    problems.push(invalid("spec.clusterIPs[0]", listAt(spec, "clusterIPs"), "may not change once set"));
  if (spec["type"] === "ClusterIP") {
    for (const [index, port] of portsOf(spec).entries())
      if (port["nodePort"]) problems.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  }
  const policy = stringAt(spec, "externalTrafficPolicy");
  if (policy !== "" && !isExternallyAccessible(spec))
    problems.push(invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services"));
  else if (policy !== "" && !POLICIES.includes(policy)) problems.push(notSupported("spec.externalTrafficPolicy", policy, POLICIES));
  const internal = stringAt(spec, "internalTrafficPolicy");
  if (internal !== "" && !POLICIES.includes(internal)) problems.push(notSupported("spec.internalTrafficPolicy", internal, POLICIES));
  const health = spec["healthCheckNodePort"];
  if (health && !needsHealthCheckPort(spec))
    problems.push(
      invalid("spec.healthCheckNodePort", health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"),
    );
  const isBalanced = spec["type"] === "LoadBalancer";
  if (isBalanced && old?.["type"] === "LoadBalancer" && !isSame(spec["loadBalancerClass"], old["loadBalancerClass"]))
    problems.push(invalid("spec.loadBalancerClass", spec["loadBalancerClass"], "may not change once set"));
  for (const key of ["allocateLoadBalancerNodePorts", "loadBalancerClass"])
    if (!isBalanced && spec[key] !== undefined) problems.push(forbidden(`spec.${key}`, "may only be used when `type` is 'LoadBalancer'"));
  return problems;
}
