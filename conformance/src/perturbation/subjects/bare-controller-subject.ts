import { ConfigMap } from "@operatorkit/object/kinds";
import { Controller } from "operatorkit";
import type { Subject } from "../subject.ts";
import { childActs, childOf } from "./children.ts";
import { removeWidget, Widget, widgetStory } from "./widget.ts";

/** A child and nothing else: no status and no finalizer, so that no write ever tells it that a Widget is gone. */
export const bareControllerSubject: Subject = {
  name: "Controller that writes no status",
  crds: [Widget],
  needsControllers: true,
  kinds: [Widget, ConfigMap],
  story: widgetStory,
  remove: removeWidget,
  foreign: childActs,
  async start({ client, signal, clock, logger }) {
    const controller = new Controller({
      name: "widget",
      for: Widget,
      owns: [ConfigMap],
      concurrency: 2,
      async reconcile({ object, api, own }) {
        await api.apply<ConfigMap>(own(childOf(object)));
      },
    });
    await controller.run({ client, signal, clock, logger });
  },
};
