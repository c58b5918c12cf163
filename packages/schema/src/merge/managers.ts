import { FieldSet } from "@operatorkit/object";
import type { ManagedFieldsEntry } from "@operatorkit/object";

/** One owner of fields: an entry of `managedFields`. */
export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string;
  readonly apiVersion: string;
  /** RFC 3339 in seconds; `undefined` when nothing but ownership was ever changed. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/**
 * The owners by what tells them apart: name, operation and subresource, for updaters the version too. The key is the JSON the API
 * server uses, because its messages come in the order of that. Source: apimachinery `managedfields/internal/managedfields.go`.
 */
export type Managers = Map<string, Manager>;

export function managerKey(of: Omit<Manager, "fields" | "time">): string {
  return JSON.stringify({
    ...(of.manager === "" ? {} : { manager: of.manager }),
    operation: of.operation,
    ...(of.operation === "Apply" ? {} : { apiVersion: of.apiVersion }),
    ...(of.subresource === "" ? {} : { subresource: of.subresource }),
  });
}

/** The owners as `metadata.managedFields` tells them; `undefined` when one entry is unreadable. */
export function readManagers(entries: unknown): Managers | undefined {
  if (entries === undefined || entries === null) return new Map();
  if (!Array.isArray(entries)) return undefined;
  const managers: Managers = new Map();
  for (const entry of entries as readonly unknown[]) {
    const manager = readManager(entry);
    if (manager === undefined) return undefined;
    managers.set(managerKey(manager), manager);
  }
  return managers;
}

function readManager(given: unknown): Manager | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  // It comes from the wire, so anything may be missing or of another type.
  const { manager, operation, subresource, apiVersion, time, fieldsType, fieldsV1 } = given as ManagedFieldsEntry;
  if (operation !== "Apply" && operation !== "Update") return undefined;
  if (apiVersion === undefined || apiVersion === "" || fieldsType !== "FieldsV1") return undefined;
  try {
    return {
      manager: manager ?? "",
      operation,
      subresource: subresource ?? "",
      apiVersion,
      time: time === undefined || time === null ? undefined : timestamp(Date.parse(time)),
      fields: FieldSet.fromFieldsV1(fieldsV1 ?? {}),
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `metadata.managedFields` for these owners, in the order of the API server; `undefined` for none. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(compareManagers).map(({ manager, operation, subresource, apiVersion, time, fields }) => ({
    ...(manager === "" ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1: fields.toFieldsV1(),
    ...(subresource === "" ? {} : { subresource }),
  }));
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

/** More updaters than this are merged, the oldest first, into one called `ancient-changes`. */
export const MAX_UPDATE_MANAGERS = 10;

/** Merges the oldest updaters of each version when there are too many. Source: apimachinery `managedfields/internal/capmanagers.go`. */
export function capUpdateManagers(managers: Managers): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === "Update");
  updaters.sort(([keyA, a], [keyB, b]) => secondsOf(a.time) - secondsOf(b.time) || compareText(keyA, keyB));
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [key, updater] of updaters) {
    if (count <= MAX_UPDATE_MANAGERS) return;
    const first = firstOfVersion.get(updater.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(updater.apiVersion, key);
      continue;
    }
    const bucket = { ...updater, manager: "ancient-changes", subresource: "" };
    const bucketKey = managerKey(bucket);
    let merged = managers.get(bucketKey)?.fields;
    if (merged === undefined) {
      merged = managers.get(first)?.fields ?? FieldSet.empty;
      managers.delete(first);
    }
    managers.delete(key);
    managers.set(bucketKey, { ...bucket, fields: updater.fields.union(merged) });
    count--;
  }
}

/** A point in time as managedFields has it. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1_000);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
