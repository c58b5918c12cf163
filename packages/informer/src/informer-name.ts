import type { ListWatchScope } from "@operatorkit/api";
import type { Kind } from "@operatorkit/object";

/** As grafana-app-sdk names its informers' health checks. */
export function informerName({ plural, group, version }: Kind): string {
  return `informer-${plural}.${group === "" ? "core" : group}/${version}`;
}

/** The informer's name with its scope, as grafana-app-sdk writes it. */
export function scopedInformerName(kind: Kind, { namespace, labelSelector, fieldSelector, metadataOnly }: ListWatchScope): string {
  const parts = [
    labelSelector ? `labelSelector=${labelSelector}` : "",
    fieldSelector ? `fieldSelector=${fieldSelector}` : "",
    metadataOnly ? "metadataOnly" : "",
  ];
  const query = parts.filter((part) => part !== "").join("&");
  return `${informerName(kind)}${namespace ? `/namespaces/${namespace}` : ""}${query === "" ? "" : `?${query}`}`;
}
