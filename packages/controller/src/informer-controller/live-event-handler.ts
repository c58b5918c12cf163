import type { EventHandler } from "@operatorkit/informer";
import { keyOf, type KubernetesObject, type ResourceAction } from "@operatorkit/object";
import type { LiveEvent } from "./live-event.ts";

/**
 * What an informer is given as its handler: makes events of `kind` of what `source` tells. The informer waits for what `accept` returns.
 *
 * @throws {TypeError} in the informer's call, for an object that is missing.
 */
export function liveEventHandler(kind: string, source: object, accept: (event: LiveEvent) => unknown): EventHandler {
  const tell = (action: ResourceAction, object: KubernetesObject, more: Partial<LiveEvent>): unknown => {
    const event = { kind, action, object, old: undefined, initial: false, finalStateUnknown: false, source, ...more };
    return accept({ ...event, key: keyOf(object.metadata) });
  };
  return {
    add(object, context) {
      refuseNil(object, "object");
      return tell("CREATE", object, { initial: context?.initial ?? false });
    },
    update(old, object) {
      refuseNil(old, "old");
      refuseNil(object, "new");
      return tell(isSameVersion(old, object) ? "RESYNC" : "UPDATE", object, { old });
    },
    delete(object, context) {
      refuseNil(object, "object");
      return tell("DELETE", object, { finalStateUnknown: context?.finalStateUnknown ?? false });
    },
  };
}

/** As grafana-app-sdk says it. */
export function refuseNil(value: unknown, what: string): void {
  if (value === undefined || value === null) throw new TypeError(`${what} cannot be nil`);
}

/** The informer told its present state again, without a change. */
function isSameVersion(old: KubernetesObject, object: KubernetesObject): boolean {
  const { resourceVersion } = object.metadata;
  return old === object || (resourceVersion !== undefined && resourceVersion !== "" && old.metadata.resourceVersion === resourceVersion);
}
