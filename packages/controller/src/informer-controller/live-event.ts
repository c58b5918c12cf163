import type { KubernetesObject, ObjectKey, ResourceAction } from "@operatorkit/object";

/** What an informer told, on its way to the handlers of a kind. */
export interface LiveEvent {
  /** The label under which informers and handlers find each other. */
  readonly kind: string;
  readonly key: ObjectKey;
  /** RESYNC: an update in which nothing changed. */
  readonly action: ResourceAction;
  readonly object: KubernetesObject;
  /** What the object was before: of updates and resyncs. */
  readonly old: KubernetesObject | undefined;
  readonly initial: boolean;
  readonly finalStateUnknown: boolean;
  /** Who told it: events of different informers are not merged. */
  readonly source: object;
}

/**
 * Makes one event of two of the same object that both wait, so that a busy object costs as much memory as a quiet one:
 *
 * | waiting          | next             | told                                     |
 * |------------------|------------------|------------------------------------------|
 * | CREATE           | UPDATE, RESYNC   | CREATE of the later state                |
 * | CREATE           | DELETE           | nothing: it came and went                |
 * | UPDATE           | UPDATE, RESYNC   | UPDATE from the first state to the last  |
 * | RESYNC           | UPDATE           | UPDATE                                   |
 * | RESYNC           | RESYNC           | RESYNC of the later state                |
 * | UPDATE, RESYNC   | DELETE           | DELETE                                   |
 * | any              | the same action  | the later one, as above                  |
 * | another uid, another informer, or any other pair | | both                           |
 *
 * Undefined for both, `"nothing"` when they cancel out.
 */
export function mergeLiveEvents(waiting: LiveEvent, next: LiveEvent): LiveEvent | "nothing" | undefined {
  if (waiting.source !== next.source || waiting.object.metadata.uid !== next.object.metadata.uid) return undefined;
  const isChange = next.action === "UPDATE" || next.action === "RESYNC";
  switch (waiting.action) {
    case "CREATE":
      if (next.action === "DELETE") return "nothing";
      return { ...waiting, object: next.object };
    case "UPDATE":
      if (next.action === "DELETE") return next;
      return isChange ? { ...waiting, object: next.object } : undefined;
    case "RESYNC":
      return isChange || next.action === "DELETE" ? next : undefined;
    case "DELETE":
      return next.action === "DELETE" ? next : undefined;
  }
}
