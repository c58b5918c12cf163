import { ConfigMap } from "@operatorkit/object/kinds";
import { ignoreNotFound, type Client } from "operatorkit";
import type { ForeignAct, Stage } from "../subject.ts";
import { ifThere } from "./if-there.ts";
import { deleteWidget, Widget, type Deletion } from "./widget.ts";

/** A list that all Widgets share: each has an entry, and gives it back when it goes. */
export const LEDGER = "ledger";

export function childName(owner: string): string {
  return `${owner}-child`;
}

export function childOf({ metadata: { name, namespace = "default" }, spec }: Widget) {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: childName(name), namespace, labels: { widget: name } },
    data: { text: spec.text },
  } satisfies ConfigMap;
}

export function read(api: Client, namespace: string, name: string): Promise<ConfigMap | undefined> {
  return ignoreNotFound(api.get(ConfigMap, { namespace, name }));
}

/** Puts a Widget's entry into the ledger, or takes it out. Each entry has a field manager of its own. */
export async function setEntry(api: Client, { metadata, spec }: Widget, isThere: boolean): Promise<void> {
  const { namespace = "default", name, uid = "" } = metadata;
  const data = isThere ? { [name]: spec.text } : {};
  await api.apply<ConfigMap>(
    { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name: LEDGER }, data },
    { fieldManager: `ledger-${uid}` },
  );
}

async function patchChild({ admin, namespace }: Stage, body: object): Promise<void> {
  await ifThere(admin.patch(ConfigMap, { namespace, name: childName("a") }, { type: "merge", body }));
}

/** What others do to children that an operator watches. */
export const childActs: readonly ForeignAct[] = [
  {
    name: "somebody edits the child of a",
    leadsTo: "reference",
    run: (stage) => patchChild(stage, { data: { text: "wrong" } }),
  },
  {
    name: "somebody deletes the child of a",
    leadsTo: "reference",
    remakes: ["ConfigMap"],
    run: ({ admin, namespace }) => ifThere(admin.delete(ConfigMap, { namespace, name: childName("a") })),
  },
];

/** What others do to a Widget itself. */
export function widgetActsWith(deletion: Deletion): readonly ForeignAct[] {
  return [
    {
      name: "somebody removes all finalizers of a",
      leadsTo: "reference",
      run: ({ admin, namespace }) =>
        ifThere(admin.patch(Widget, { namespace, name: "a" }, { type: "merge", body: { metadata: { finalizers: null } } })),
    },
    { name: "somebody deletes a", leadsTo: "removal", run: (stage) => deletion(stage, "a") },
  ];
}

export const widgetActs: readonly ForeignAct[] = widgetActsWith(deleteWidget);

/** Where the operator writes the status. */
export const statusAct: ForeignAct = {
  name: "somebody writes to the status of a",
  leadsTo: "reference",
  run: ({ admin, namespace }) =>
    ifThere(
      admin.patch(Widget, { namespace, name: "a" }, { type: "merge", body: { status: { text: "wrong" } } }, { subresource: "status" }),
    ),
};
