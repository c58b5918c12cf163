import { configMapResource, ResourceController, secretResource, watch, type Resource } from "@operatorkit/controller";
import { ConfigMap, Secret } from "@operatorkit/object/kinds";
import type { KubernetesObject } from "operatorkit";
import type { Subject } from "../subject.ts";
import { childActs, childOf, LEDGER, setEntry, widgetActs } from "./children.ts";
import { removeWidget, Widget, widgetStory } from "./widget.ts";

/** Three resources in order: an entry in a ledger, a ConfigMap and a Secret, each taken back when the object goes. */
export const resourceControllerSubject: Subject = {
  name: "ResourceController",
  crds: [Widget],
  needsControllers: false,
  kinds: [Widget, ConfigMap, Secret],
  ledgers: [LEDGER],
  story: widgetStory,
  remove: removeWidget,
  foreign: [...childActs, ...widgetActs],
  async start({ client, signal, clock, logger }) {
    const controller = new ResourceController<Widget>({
      name: "widget",
      for: Widget,
      resources: [ledger, configMaps, secrets],
      watches: [watch(ConfigMap, ownerOf), watch(Secret, ownerOf)],
      concurrency: 2,
      backoff: (failures) => Math.min(1_000, 10 * 2 ** failures),
      resyncMs: 20_000,
    });
    await controller.run({ client, signal, clock, logger });
  },
};

const ledger: Resource<Widget> = {
  name: "ledger",
  ensureCreated: ({ object, api }) => setEntry(api, object, true),
  ensureDeleted: ({ object, api }) => setEntry(api, object, false),
};

const configMaps = configMapResource<Widget>({
  name: "config-maps",
  getCurrentState: ({ object, api }) => api.list(ConfigMap, ofWidget(object)).toArray(),
  getDesiredState: ({ object }) => [childOf(object)],
});

const secrets = secretResource<Widget>({
  name: "secrets",
  getCurrentState: ({ object, api }) => api.list(Secret, ofWidget(object)).toArray(),
  getDesiredState: ({ object }) => [secretOf(object)],
});

function secretOf(object: Widget) {
  const { metadata, data } = childOf(object);
  const text = Buffer.from(data.text).toString("base64");
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: { text } } satisfies Secret;
}

function ofWidget({ metadata: { name, namespace = "default" } }: Widget): { readonly namespace: string; readonly labelSelector: string } {
  return { namespace, labelSelector: `widget=${name}` };
}

function ownerOf({ metadata: { namespace, labels } }: KubernetesObject): { readonly namespace: string; readonly name: string }[] {
  const name = labels?.["widget"];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}
