import { defineKind, type ObjectOf } from "operatorkit";
import { Type } from "typebox";
import type { Stage, Step } from "../subject.ts";
import { deleteAsSeen } from "./delete-as-seen.ts";
import { deleteOwn } from "./delete-own.ts";
import { ifThere } from "./if-there.ts";

/** What the small subjects look after: a text, that is to stand in what they make of it. */
export const Widget = defineKind({
  group: "perturbation.example.com",
  version: "v1",
  kind: "Widget",
  spec: Type.Object({ text: Type.String() }),
  status: Type.Object({ text: Type.Optional(Type.String()) }),
});
export type Widget = ObjectOf<typeof Widget>;

export function widget(namespace: string, name: string, text: string): Widget {
  return { apiVersion: Widget.apiVersion, kind: Widget.kind, metadata: { name, namespace }, spec: { text } };
}

export async function setText({ admin, namespace }: Stage, name: string, text: string): Promise<void> {
  await ifThere(admin.patch(Widget, { namespace, name }, { type: "merge", body: { spec: { text } } }));
}

export type Deletion = (stage: Stage, name: string) => Promise<void>;

export const deleteWidget: Deletion = (stage, name) => deleteOwn(stage, Widget, name);

export const deleteWidgetAsSeen: Deletion = ({ admin, namespace }, name) => deleteAsSeen(admin, Widget, { namespace, name });

/** A life of Widgets: some come, change and go, one goes before anybody may have seen it, one goes and comes again at once. */
export function widgetStoryWith(deletion: Deletion): readonly Step[] {
  return [
    {
      name: "a and b come",
      run: async ({ admin, namespace }) => {
        await admin.create(widget(namespace, "a", "one"));
        await admin.create(widget(namespace, "b", "one"));
      },
    },
    { name: "a changes", run: (stage) => setText(stage, "a", "two") },
    {
      name: "b goes, c comes, d comes and goes",
      run: async (stage) => {
        const { admin, namespace } = stage;
        await deletion(stage, "b");
        await admin.create(widget(namespace, "c", "one"));
        await admin.create(widget(namespace, "d", "one"));
        await deletion(stage, "d");
      },
    },
    {
      name: "c changes twice, and its labels do",
      run: async (stage) => {
        const { admin, namespace } = stage;
        await setText(stage, "c", "two");
        await setText(stage, "c", "three");
        await ifThere(admin.patch(Widget, { namespace, name: "c" }, { type: "merge", body: { metadata: { labels: { seen: "yes" } } } }));
      },
    },
  ];
}

export const widgetStory: readonly Step[] = widgetStoryWith(deleteWidget);

export const removeWidget: Step = { name: "a goes", run: (stage) => deleteWidget(stage, "a") };
