import type { ResourceAction } from "@operatorkit/object";

/** The actions by name, for who prefers names to strings. The values are grafana-app-sdk's. */
export const resourceActions: Readonly<Record<"create" | "update" | "delete" | "resync", ResourceAction>> = Object.freeze({
  create: "CREATE",
  update: "UPDATE",
  delete: "DELETE",
  resync: "RESYNC",
});
