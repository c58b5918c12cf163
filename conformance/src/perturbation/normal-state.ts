import type { KubernetesObject } from "operatorkit";

/**
 * What there is, without what differs between any two runs: uids, versions, generations, times, addresses, the namespace and generated names. One line for
 * each object, sorted. What was equal to another thing stays so: whether a status is of the present generation, whether an owner is
 * there, whether an object is going.
 */
export function normalState(objects: readonly KubernetesObject[]): readonly string[] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid ?? ""));
  const texts = objects.map((object) => JSON.stringify(sorted(normalObject(object, uids))));
  const namespaces = new Set(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []));
  return texts.map((text) => withoutNames(withoutGeneratedNames(text, objects), namespaces)).toSorted();
}

function normalObject(object: KubernetesObject, uids: ReadonlySet<string>): unknown {
  const { metadata, ...rest } = object;
  const { generation } = metadata;
  const kept = {
    name: metadata.name,
    namespace: metadata.namespace === undefined ? undefined : "namespace",
    labels: metadata.labels,
    annotations: metadata.annotations,
    finalizers: metadata.finalizers,
    isGoing: metadata.deletionTimestamp !== undefined,
    owners: metadata.ownerReferences?.map(({ kind, name, controller, uid }) => ({ kind, name, controller, isThere: uids.has(uid) })),
  };
  return { metadata: kept, ...(withoutVolatile(rest, generation) as object) };
}

/** What a server or a run decides by itself, by the name of the field it stands in. */
const VOLATILE = new Set(["uid", "resourceVersion", "clusterIP", "clusterIPs", "podIP", "podIPs", "hostIP", "hostIPs"]);
const ADDRESS = /\b\d{1,3}(\.\d{1,3}){3}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b/g;

function withoutVolatile(value: unknown, generation: number | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutVolatile(item, generation));
  if (typeof value === "string") return value.replaceAll(ADDRESS, "<address>").replaceAll(TIME, "<time>");
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (VOLATILE.has(key)) continue;
    kept[key] = key === "observedGeneration" ? item === generation : withoutVolatile(item, generation);
  }
  return kept;
}

/** A name the server made up is told by what it was made from, wherever it stands. */
function withoutGeneratedNames(text: string, objects: readonly KubernetesObject[]): string {
  let result = text;
  for (const { metadata } of objects) {
    if (metadata.generateName === undefined || metadata.generateName === "") continue;
    result = result.replaceAll(`"${metadata.name}"`, `"${metadata.generateName}*"`);
  }
  return result;
}

function withoutNames(text: string, namespaces: ReadonlySet<string>): string {
  return [...namespaces].reduce((result, namespace) => result.replaceAll(namespace, "<namespace>"), text);
}

/** Objects with the same content are the same text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
