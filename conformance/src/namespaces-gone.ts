import { sleep, type Client } from "operatorkit";
import { Namespace } from "operatorkit/kinds";

const LOOK_EVERY_MS = 50;
/** When as many as before are on their way out after so long, something holds them. */
const NO_PROGRESS_MS = 10_000;

/**
 * Waits until the controllers just attached have emptied the namespaces that earlier suites deleted on a server without any: hundreds, and
 * what comes next shall not have to be patient with that. Gives up when they get no fewer: what is held by a finalizer costs little.
 */
export async function namespacesGone(admin: Client, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  let fewest = Infinity;
  let since = performance.now();
  for (;;) {
    let going = 0;
    for await (const { metadata } of admin.list(Namespace)) if (metadata.deletionTimestamp !== undefined) going += 1;
    if (going < fewest) since = performance.now();
    fewest = Math.min(fewest, going);
    if (going === 0 || performance.now() - since > NO_PROGRESS_MS) return;
    await sleep(LOOK_EVERY_MS, { signal });
  }
}
