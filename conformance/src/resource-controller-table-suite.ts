import { Widget, widgetKind } from "./state-tables/widget.ts";
import { ResourceControllerStage } from "./state-tables/resource-controller-stage.ts";
import { eventsOfObject, statesOfObject } from "./state-tables/resource-controller-states.ts";
import { resourceControllerTable } from "./state-tables/resource-controller-table.ts";
import { stateTableSuite } from "./state-tables/state-table.ts";
import type { Suite } from "./suite.ts";

/** For the cells whose kind is deleted: each has one of its own. */
const kinds = new Map(
  Object.keys(statesOfObject).map((state) => [state, widgetKind(`WidgetOf${state[0]?.toUpperCase()}${state.slice(1)}`)]),
);

/** Every state of an object × everything that can happen to it, as a `ResourceController` sees to it. */
export const resourceControllerTableSuite: Suite = stateTableSuite({
  name: "resource controller table",
  kinds: [Widget, ...kinds.values()],
  states: statesOfObject,
  events: eventsOfObject,
  table: resourceControllerTable,
  open: (options, { state, event }) =>
    new ResourceControllerStage(options, (event === "crdDeleted" ? kinds.get(state) : undefined) ?? Widget),
});
