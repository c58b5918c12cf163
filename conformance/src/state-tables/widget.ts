import { defineKind, type ObjectOf } from "operatorkit";
import { Type } from "typebox";

const GROUP = "tables.example.com";

/** What the tables are about. */
export const Widget = widgetKind("Widget");
export type Widget = ObjectOf<typeof Widget>;

/** Another kind of the same form, for who does something to the kind itself. */
export function widgetKind(kind: string) {
  return defineKind({
    group: GROUP,
    version: "v1",
    kind,
    spec: Type.Object({ text: Type.String() }),
    status: Type.Object({ text: Type.Optional(Type.String()) }),
  });
}

/** The finalizer of who looks after it. */
export const OURS = `${GROUP}/table`;
/** Of an `OpinionatedWatcher` that is at its add. */
export const BEGUN = `${OURS}-wip`;
/** Of an `OpinionatedWatcher`'s predecessor. */
export const LEGACY = `${GROUP}/table-of-old`;
/** Of somebody else. */
export const THEIRS = "example.com/theirs";
