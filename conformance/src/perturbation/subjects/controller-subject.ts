import { ConfigMap } from "@operatorkit/object/kinds";
import { Controller } from "operatorkit";
import type { Subject } from "../subject.ts";
import { childActs, childOf, LEDGER, setEntry, statusAct, widgetActs } from "./children.ts";
import { removeWidget, Widget, widgetStory } from "./widget.ts";

/** A child that is owned, an entry elsewhere that only a cleanup takes back, and a status. */
export const controllerSubject: Subject = {
  name: "Controller",
  crds: [Widget],
  needsControllers: true,
  kinds: [Widget, ConfigMap],
  ledgers: [LEDGER],
  story: widgetStory,
  remove: removeWidget,
  foreign: [...childActs, ...widgetActs, statusAct],
  async start({ client, signal, clock, logger }) {
    const controller = new Controller({
      name: "widget",
      for: Widget,
      owns: [ConfigMap],
      concurrency: 2,
      async reconcile({ object, api, own }) {
        await setEntry(api, object, true);
        await api.apply<ConfigMap>(own(childOf(object)));
        return { status: { text: object.spec.text } };
      },
      async cleanup({ object, api }) {
        await setEntry(api, object, false);
      },
    });
    await controller.run({ client, signal, clock, logger });
  },
};
