import type { EventHandler } from "../event-handler.ts";
import type { Widget } from "./fake-server.ts";

/** Writes down what it is told: `add a initial`, `update a 101→102`, `delete a`. */
export function recordingHandler(): EventHandler<Widget> & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    add: ({ metadata }, { initial }) => void log.push(`add ${metadata.name}${initial ? " initial" : ""}`),
    update: (old, { metadata }) => void log.push(`update ${metadata.name} ${old.metadata.resourceVersion}→${metadata.resourceVersion}`),
    delete: ({ metadata }) => void log.push(`delete ${metadata.name}`),
  };
}
