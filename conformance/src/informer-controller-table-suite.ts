import { Widget } from "./state-tables/widget.ts";
import { InformerControllerStage } from "./state-tables/informer-controller-stage.ts";
import { eventsOfKey, statesOfKey } from "./state-tables/informer-controller-states.ts";
import { informerControllerTable } from "./state-tables/informer-controller-table.ts";
import { plainReconciler, plainWatcher } from "./state-tables/plain-handlers.ts";
import { stateTableSuite } from "./state-tables/state-table.ts";
import type { Suite } from "./suite.ts";

/** Every state of a key × everything that can happen to it, told by an `InformerController`. */
export const informerControllerTableSuite: Suite = stateTableSuite({
  name: "informer controller table",
  kinds: [Widget],
  states: statesOfKey,
  events: eventsOfKey,
  table: informerControllerTable,
  open: (options) =>
    new InformerControllerStage(options, (stage) => ({ watcher: plainWatcher("w", stage), reconciler: plainReconciler("r", stage) })),
});
