import { InformerController } from "@operatorkit/controller";
import { Informer } from "@operatorkit/informer";
import { ConfigMap } from "@operatorkit/object/kinds";
import { isNotFound, OpinionatedWatcher, type Client } from "operatorkit";
import type { Subject } from "../subject.ts";
import { childName, childOf, LEDGER, read, setEntry, widgetActsWith } from "./children.ts";
import { deleteWidgetAsSeen, removeWidget, Widget, widgetStoryWith } from "./widget.ts";

/** Children that nobody collects: only the handlers make and take them away, told by finalizers what was done before. */
export const opinionatedWatcherSubject: Subject = {
  name: "OpinionatedWatcher",
  crds: [Widget],
  needsControllers: false,
  kinds: [Widget, ConfigMap],
  ledgers: [LEDGER],
  // It does nothing on a deletion, and so does not notice when a finalizer is lost.
  story: widgetStoryWith(deleteWidgetAsSeen),
  remove: removeWidget,
  foreign: widgetActsWith(deleteWidgetAsSeen),
  async start({ client, signal, clock, logger }) {
    const controller = new InformerController({
      name: "widgets",
      informers: { widget: [new Informer({ listWatch: client.listWatch(Widget), clock, logger })] },
    });
    const ensure = (object: Widget): Promise<void> => ensureChild(client, object);
    const watcher = new OpinionatedWatcher<Widget>({
      kind: Widget,
      client,
      name: "widgets",
      add: ensure,
      sync: ensure,
      update: (_, object) => ensure(object),
      delete: async (object) => {
        await setEntry(client, object, false);
        await removeChild(client, object);
      },
      finalizerOptions: { clock },
    });
    controller.addWatcher(watcher, "widget");
    await controller.run({ client, signal, clock, logger });
  },
};

async function ensureChild(client: Client, object: Widget): Promise<void> {
  await setEntry(client, object, true);
  await client.apply<ConfigMap>(childOf(object), { fieldManager: "widgets" });
}

async function removeChild(client: Client, { metadata: { name, namespace = "default" } }: Widget): Promise<void> {
  const child = await read(client, namespace, childName(name));
  if (child === undefined) return;
  await client.delete(ConfigMap, child.metadata, { preconditions: { uid: child.metadata.uid ?? "" } }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
