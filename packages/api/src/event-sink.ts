import type { KubernetesObject } from "@operatorkit/object";

/** Something worth telling the people who look at an object with `kubectl describe`. */
export interface EventRecord {
  readonly regarding: KubernetesObject;
  readonly type: "Normal" | "Warning";
  /** One CamelCase word a machine can match on. */
  readonly reason: string;
  /** For people; at most 1,024 bytes are kept. */
  readonly message: string;
}

/** Takes events. Never throws, never blocks the caller; an event that cannot be written is logged and dropped. */
export interface EventSink {
  record(event: EventRecord): void;
}
