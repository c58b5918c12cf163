import { OpinionatedWatcher } from "operatorkit";
import type { Audience, InformerControllerStage } from "./informer-controller-stage.ts";
import type { Arrangement } from "./state-table.ts";
import { BEGUN, LEGACY, OURS, THEIRS, Widget } from "./widget.ts";

type StateOfObject = Arrangement<InformerControllerStage>;

/** An `OpinionatedWatcher` that notes what it is told. */
export function opinionatedWatcher({ admin, told, object }: InformerControllerStage): Audience {
  const note =
    (what: string) =>
    (seen: Widget): void =>
      void told.hear("w", `${what} ${object.version(seen)}`, new AbortController().signal);
  const watcher = new OpinionatedWatcher<Widget>({
    kind: Widget,
    client: admin,
    finalizer: OURS,
    legacyFinalizers: [LEGACY],
    add: note("add"),
    sync: note("sync"),
    update: (_, updated) => note("update")(updated),
    delete: note("delete"),
  });
  return { watcher };
}

/** The object is there with these finalizers, and somebody else's, when the watcher's process starts. */
function there(...finalizers: readonly string[]): StateOfObject["arrange"] {
  return async (stage) => {
    await stage.object.create({ finalizers: [THEIRS, ...finalizers] });
    await stage.start();
  };
}

/** And it is being deleted. */
function going(...finalizers: readonly string[]): StateOfObject["arrange"] {
  return async (stage) => {
    await stage.object.create({ finalizers: [THEIRS, ...finalizers] });
    await stage.object.delete();
    await stage.start();
  };
}

/** What an object can be like when an `OpinionatedWatcher` first sees it. */
export const statesSeen = {
  new: { told: "w.add 1", arrange: there() },
  begun: { told: "w.add 1", arrange: there(BEGUN) },
  ours: { told: "w.sync 1", arrange: there(OURS) },
  legacy: { told: "w.sync 1", arrange: there(LEGACY) },
  oursAndBegun: { told: "w.sync 1", arrange: there(OURS, BEGUN) },
  goingNew: { told: "", arrange: going() },
  goingBegun: { told: "w.delete 2", arrange: going(BEGUN) },
  goingOurs: { told: "w.delete 2", arrange: going(OURS) },
  goingLegacy: { told: "w.delete 2", arrange: going(LEGACY) },
} as const satisfies Readonly<Record<string, StateOfObject>>;

/** What then happens to it. */
export const eventsSeen = {
  nothing: async () => {},
  specChanged: (stage) => stage.object.changeSpec(),
  labelled: (stage) => stage.object.patch({ metadata: { labels: { a: "b" } } }),
  statusWritten: (stage) => stage.object.patch({ status: { text: "x" } }, "status"),
  deleted: (stage) => stage.object.delete(),
  /** All but somebody else's. */
  finalizersTaken: (stage) => stage.object.patch({ metadata: { finalizers: [THEIRS] } }),
  resynced: (stage) => stage.resync(),
  relisted: (stage) => stage.unseen(async () => {}),
  relistedGone: (stage) => stage.unseen(() => stage.object.remove()),
  restarted: async (stage) => {
    await stage.ended();
    await stage.start();
  },
} as const satisfies Readonly<Record<string, (stage: InformerControllerStage) => Promise<void>>>;
