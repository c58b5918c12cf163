import type { ObjectEntry, WatchEvent } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { Store } from "./store.ts";

/** What a reflector keeps equal to the server: a copy, behind whatever wants to know of its changes. */
export interface ReflectorTarget<T extends KubernetesObject> {
  readonly copy: Pick<Store<T>, "version" | "size" | "contradictions">;
  /** Nothing is applied until it has resolved. It may stop half-way when `signal` is aborted. */
  replace(entries: readonly ObjectEntry<T>[], version: string, signal: AbortSignal): Promise<void>;
  apply(event: Exclude<WatchEvent<T>, { type: "ERROR" }>): void;
  /** Asked after each batch: a promise to be waited for before the next one is read, when others need their turn first. */
  pause(): Promise<void> | undefined;
}
