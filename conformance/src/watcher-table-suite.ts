import { Widget } from "./state-tables/widget.ts";
import { InformerControllerStage } from "./state-tables/informer-controller-stage.ts";
import { eventsSeen, opinionatedWatcher, statesSeen } from "./state-tables/opinionated-watcher-states.ts";
import { opinionatedWatcherTable } from "./state-tables/opinionated-watcher-table.ts";
import { stateTableSuite } from "./state-tables/state-table.ts";
import type { Suite } from "./suite.ts";

/**
 * The table of `opinionated-decision.ts`, every state × everything that can happen, as far as others than the watcher can bring it about through
 * an API server: told by an `OpinionatedWatcher` in an `InformerController`.
 */
export const watcherTableSuite: Suite = stateTableSuite({
  name: "watcher table",
  kinds: [Widget],
  states: statesSeen,
  events: eventsSeen,
  table: opinionatedWatcherTable,
  open: (options) => new InformerControllerStage(options, opinionatedWatcher),
});
