import { refOf, type ObjectKey } from "@operatorkit/object";
import type { SpanAttributes } from "@operatorkit/observe";

/** What a span says about the object it is about. Two of the names are those of OpenTelemetry's collector: its conventions have none. */
export function objectAttributes(kind: string | undefined, key: ObjectKey): SpanAttributes {
  const { namespace, name } = refOf(key);
  return { "k8s.object.kind": kind, "k8s.object.name": name, "k8s.namespace.name": namespace };
}
