import type { Column } from "../resource-descriptor.ts";
import { CLUSTER_COLUMNS } from "./cluster-columns.ts";
import { AGE, DEFAULT, NAME, integer, number } from "./column-builders.ts";
import { EVENT_COLUMNS } from "./event-columns.ts";
import { NETWORK_COLUMNS } from "./network-columns.ts";
import { WORKLOAD_COLUMNS } from "./workload-columns.ts";

/**
 * The columns of a built-in kind. Kinds without an entry have a name and a date, as on the real server.
 * Source: kubernetes `pkg/printers/internalversion/printers.go`.
 */
export function builtInColumns(group: string, plural: string): readonly Column[] {
  return TABLES[group === "" ? plural : `${plural}.${group}`] ?? DEFAULT;
}

/** By plural and group: `pods`, `deployments.apps`. */
const TABLES: Readonly<Record<string, readonly Column[]>> = {
  ...CLUSTER_COLUMNS,
  ...NETWORK_COLUMNS,
  ...WORKLOAD_COLUMNS,
  events: EVENT_COLUMNS,
  "events.events.k8s.io": EVENT_COLUMNS,
};

/** The columns of the answers at `…/scale`. */
export const SCALE_COLUMNS: readonly Column[] = [
  NAME,
  integer("Desired", "Number of desired replicas", number("spec", "replicas")),
  integer("Available", "Number of actual replicas", number("status", "replicas")),
  AGE,
];
