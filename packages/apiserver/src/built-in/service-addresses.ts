import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { type FieldProblem, invalid } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { needsHealthCheckPort, needsNodePorts } from "./service-needs.ts";

/** 10.96.0.0/12, what kubeadm uses; its first 256 addresses are left for those who choose one. */
const BASE = (10 << 24) + (96 << 16);
const SIZE = 1 << 20;
const RESERVED = 256;
const FIRST_PORT = 30_000;
const PORTS = 2_768;
const OUT_OF_RANGE = `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${FIRST_PORT + PORTS - 1}`;

/**
 * Gives a Service its cluster address and node ports, or checks those it asks for.
 * Source: k8s.io/kubernetes `pkg/registry/core/service/storage/alloc.go`.
 */
export function allocateServiceAddresses(
  service: JsonObject,
  before: JsonObject | undefined,
  others: Iterable<JsonObject>,
  random: () => number,
): readonly FieldProblem[] {
  const spec = objectAt(service, "spec");
  if (spec["type"] === "ExternalName") return [];
  const taken = takenBy(others, stringAt(service["metadata"], "uid"));
  const problems = [...allocateAddress(spec, before, taken.addresses, random)];
  if (needsNodePorts(spec)) problems.push(...allocatePorts(spec, taken.ports, random));
  if (needsHealthCheckPort(spec))
    problems.push(...allocatePort(spec, "healthCheckNodePort", "spec.healthCheckNodePort", taken.ports, random));
  return problems;
}

interface Taken {
  readonly addresses: ReadonlySet<unknown>;
  readonly ports: Set<unknown>;
}

function takenBy(others: Iterable<JsonObject>, uid: string): Taken {
  const addresses = new Set<unknown>();
  const ports = new Set<unknown>();
  for (const other of others) {
    if (stringAt(other["metadata"], "uid") === uid) continue;
    const spec = objectAt(other, "spec");
    addresses.add(spec["clusterIP"]);
    for (const port of listAt(spec, "ports")) if (isObject(port) && port["nodePort"] !== undefined) ports.add(port["nodePort"]);
    if (spec["healthCheckNodePort"] !== undefined) ports.add(spec["healthCheckNodePort"]);
  }
  return { addresses, ports };
}

function allocateAddress(
  spec: JsonObject,
  before: JsonObject | undefined,
  taken: ReadonlySet<unknown>,
  random: () => number,
): readonly FieldProblem[] {
  const asked = stringAt(spec, "clusterIP");
  const isKept = before !== undefined && objectAt(before, "spec")["clusterIP"] === asked;
  if (asked !== "" && asked !== "None" && !isKept) {
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(asked))
      return [invalid("spec.clusterIPs[0]", asked, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];
    if (taken.has(asked))
      return [invalid("spec.clusterIPs", [asked], "failed to allocate IP " + asked + ": provided IP is already allocated")];
  }
  const problems = agreeOnFamilies(spec, objectAt(before ?? {}, "spec"));
  if (problems.length > 0) return problems;
  // One that has lost its address, or was made without, gets none by an update.
  if (asked === "" && (before === undefined || objectAt(before, "spec")["type"] === "ExternalName")) {
    let address = randomAddress(random);
    while (taken.has(address)) address = randomAddress(random);
    spec["clusterIP"] = address;
  }
  if (stringAt(spec, "clusterIP") !== "") spec["clusterIPs"] ??= [spec["clusterIP"]];
  return [];
}

/** As on a cluster of IPv4 alone. Source: `pkg/registry/core/service/storage/alloc.go` (initIPFamilyFields). */
function agreeOnFamilies(spec: JsonObject, old: JsonObject): readonly FieldProblem[] {
  const policy = spec["ipFamilyPolicy"];
  if (policy === "SingleStack" && old["ipFamilyPolicy"] !== policy && isSameList(spec["ipFamilies"], old["ipFamilies"]))
    spec["ipFamilies"] = listAt(spec, "ipFamilies").slice(0, 1);
  const families = listAt(spec, "ipFamilies").length === 0 ? ["IPv4"] : listAt(spec, "ipFamilies");
  // Nobody knows what addresses the endpoints have that somebody else writes.
  if (spec["clusterIP"] === "None" && Object.keys(objectAt(spec, "selector")).length === 0) {
    spec["ipFamilyPolicy"] ??= "RequireDualStack";
    const isSingle = spec["ipFamilyPolicy"] === "SingleStack" || families.length > 1;
    spec["ipFamilies"] = isSingle ? families : [...families, families[0] === "IPv4" ? "IPv6" : "IPv4"];
    return [];
  }
  const problems: FieldProblem[] = [];
  if (policy === "RequireDualStack")
    problems.push(invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services"));
  for (const [index, family] of families.entries())
    if (family !== "IPv4") problems.push(invalid(`spec.ipFamilies[${index}]`, family, "not configured on this cluster"));
  spec["ipFamilies"] = families;
  spec["ipFamilyPolicy"] ??= "SingleStack";
  return problems;
}

function isSameList(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && sameJson(a as Json, b as Json);
}

function allocatePorts(spec: JsonObject, taken: Set<unknown>, random: () => number): readonly FieldProblem[] {
  const ports = [...listAt(spec, "ports").entries()];
  return ports.flatMap(([index, port]) =>
    isObject(port) ? allocatePort(port, "nodePort", `spec.ports[${index}].nodePort`, taken, random) : [],
  );
}

/** Puts a free port into `holder[key]`, or takes the one that is asked for there. */
function allocatePort(holder: JsonObject, key: string, field: string, taken: Set<unknown>, random: () => number): readonly FieldProblem[] {
  const asked = holder[key];
  if (typeof asked === "number" && asked !== 0) {
    if (asked < FIRST_PORT || asked >= FIRST_PORT + PORTS) return [invalid(field, asked, OUT_OF_RANGE)];
    if (taken.has(asked)) return [invalid(field, asked, "provided port is already allocated")];
  } else {
    if (taken.size >= PORTS) return [invalid(field, 0, "failed to allocate a nodePort: range is full")];
    let chosen = FIRST_PORT + Math.floor(random() * PORTS);
    while (taken.has(chosen)) chosen = chosen + 1 < FIRST_PORT + PORTS ? chosen + 1 : FIRST_PORT;
    holder[key] = chosen;
  }
  taken.add(holder[key]);
  return [];
}

function randomAddress(random: () => number): string {
  const address = BASE + RESERVED + Math.floor(random() * (SIZE - RESERVED - 1));
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
