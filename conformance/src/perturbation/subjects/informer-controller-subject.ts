import { InformerController, type ResourceReconciler } from "@operatorkit/controller";
import { Informer } from "@operatorkit/informer";
import { ConfigMap } from "@operatorkit/object/kinds";
import { ignoreNotFound, owned, type Client } from "operatorkit";
import type { Subject } from "../subject.ts";
import { childActs, childOf, widgetActs } from "./children.ts";
import { removeWidget, Widget, widgetStory } from "./widget.ts";

/** Two kinds, each with its informer: a reconciler makes the children of Widgets, and another puts right what becomes of children. A watcher tells people. */
export const informerControllerSubject: Subject = {
  name: "InformerController",
  crds: [Widget],
  needsControllers: true,
  kinds: [Widget, ConfigMap],
  story: widgetStory,
  remove: removeWidget,
  foreign: [...childActs, ...widgetActs],
  view: lastTexts,
  async start({ client, signal, clock, logger, print }) {
    const controller = new InformerController({
      name: "widgets",
      informers: {
        widget: [new Informer({ listWatch: client.listWatch(Widget), clock, logger })],
        child: [new Informer({ listWatch: client.listWatch(ConfigMap, { labelSelector: "widget" }), clock, logger })],
      },
    });
    controller.addWatcher<Widget>(
      {
        add: ({ metadata, spec }) => print(`${metadata.name} ${spec.text}`),
        update: (_, { metadata, spec }) => print(`${metadata.name} ${spec.text}`),
        delete: ({ metadata }) => print(`${metadata.name} gone`),
      },
      "widget",
    );
    controller.addReconciler(ofWidgets(client), "widget");
    controller.addReconciler(ofChildren(client), "child");
    await controller.run({ client, signal, clock, logger });
  },
};

function ofWidgets(client: Client): ResourceReconciler<Widget> {
  return {
    async reconcile({ action, object }) {
      // Its children are collected.
      if (action !== "DELETE" && object.metadata.deletionTimestamp === undefined) await ensureChild(client, object);
    },
  };
}

function ofChildren(client: Client): ResourceReconciler<ConfigMap> {
  return {
    async reconcile({ object: { metadata } }) {
      const { namespace = "default", labels } = metadata;
      const widget = await read(client, namespace, labels?.["widget"] ?? "");
      if (widget !== undefined && widget.metadata.deletionTimestamp === undefined) await ensureChild(client, widget);
    },
  };
}

async function ensureChild(client: Client, object: Widget): Promise<void> {
  await client.apply<ConfigMap>(owned(childOf(object), object, Widget), { fieldManager: "widgets" });
}

function read(client: Client, namespace: string, name: string): Promise<Widget | undefined> {
  return ignoreNotFound(client.get(Widget, { namespace, name }));
}

/** What people know of each Widget. */
export function lastTexts(lines: readonly string[]): unknown {
  const texts = new Map<string, string>();
  for (const line of lines) {
    const [name = "", text = ""] = line.split(" ");
    if (text === "gone") texts.delete(name);
    else texts.set(name, text);
  }
  return [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
