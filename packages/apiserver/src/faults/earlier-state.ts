import type { ServerContext } from "../server-context.ts";
import { present } from "../presentation.ts";
import { storageKey } from "../store/collection.ts";
import type { History } from "./stream-faults.ts";

/** Looks an object's earlier states up in the history of its kind. */
export function earlierState({ store }: ServerContext): History {
  return ({ descriptor }, { namespace, name }, version, back) => {
    if (descriptor === undefined) return undefined;
    const { log } = store.collection(descriptor.storage);
    const key = storageKey(namespace, name);
    let left = back;
    for (let position = log.end - 1; position >= log.start; position -= 1) {
      const change = log.at(position);
      if (change === undefined || change.key !== key || change.version > version) continue;
      left -= 1;
      if (left > 0) continue;
      return change.previous === undefined ? undefined : present(descriptor, change.previous.object);
    }
    return undefined;
  };
}
