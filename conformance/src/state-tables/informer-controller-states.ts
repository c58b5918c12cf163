import { RETRY_MS, type InformerControllerStage } from "./informer-controller-stage.ts";
import { plainWatcher } from "./plain-handlers.ts";
import type { Arrangement } from "./state-table.ts";

type StateOfKey = Arrangement<InformerControllerStage>;

const created: StateOfKey["arrange"] = async (stage) => {
  await stage.start();
  await stage.object.create();
  await stage.settle();
};

/** The watcher's first call fails; `times` in a row. */
function failing(times: number): StateOfKey["arrange"] {
  return async (stage) => {
    stage.told.failNext("w", times);
    await created(stage);
  };
}

function held(handler: "w" | "r"): StateOfKey["arrange"] {
  return async (stage) => {
    stage.told.holdNext(handler);
    await created(stage);
  };
}

async function changed(stage: InformerControllerStage): Promise<void> {
  await stage.object.changeSpec();
  await stage.settle();
}

async function deleted(stage: InformerControllerStage): Promise<void> {
  await stage.object.delete();
  await stage.settle();
}

/** What a key of an `InformerController` can be at. */
export const statesOfKey = {
  unknown: { told: "", arrange: (stage) => stage.start() },
  handled: { told: "w.add 1, r.CREATE 1", arrange: created },
  addRuns: { told: "w.add 1…", arrange: held("w") },
  addRunsChangeWaits: {
    told: "w.add 1…",
    arrange: async (stage) => {
      await held("w")(stage);
      await changed(stage);
    },
  },
  addWaitsForRetry: { told: "w.add 1!, r.CREATE 1", arrange: failing(1) },
  updateWaitsForRetry: {
    told: "w.add 1, r.CREATE 1, w.update 1>2!, r.UPDATE 2",
    arrange: async (stage) => {
      await created(stage);
      stage.told.failNext("w");
      await changed(stage);
    },
  },
  reconcileWaitsForRetry: {
    told: "w.add 1, r.CREATE 1, w.update 1>2, r.UPDATE 2!",
    arrange: async (stage) => {
      await created(stage);
      stage.told.failNext("r");
      await changed(stage);
    },
  },
  /** Behind the reconciler, which is at the same event still. */
  retryIsDue: {
    told: "w.add 1!, r.CREATE 1…",
    arrange: async (stage) => {
      stage.told.failNext("w");
      await held("r")(stage);
      await stage.pass(RETRY_MS);
    },
  },
  changeWaitsRetryIsDue: {
    told: "w.add 1, r.CREATE 1, w.update 1>2!, r.UPDATE 2…",
    arrange: async (stage) => {
      await created(stage);
      stage.told.failNext("w");
      stage.told.holdNext("r");
      await changed(stage);
      await changed(stage);
      await stage.pass(RETRY_MS);
    },
  },
  /** And will fail. */
  retryRuns: {
    told: "w.add 1, r.CREATE 1, w.update 1>2!, r.UPDATE 2, w.update 1>2 #1…",
    arrange: async (stage) => {
      await created(stage);
      stage.told.failNext("w", 2);
      await changed(stage);
      stage.told.holdNext("w");
      await stage.pass(RETRY_MS);
    },
  },
  givenUp: {
    told: "w.add 1!, r.CREATE 1, w.add 1 #1!, w.add 1 #2!!",
    arrange: async (stage) => {
      await failing(3)(stage);
      await stage.pass(2 * RETRY_MS);
    },
  },
  deleteRuns: {
    told: "w.add 1, r.CREATE 1, w.delete 1…",
    arrange: async (stage) => {
      await created(stage);
      stage.told.holdNext("w");
      await deleted(stage);
    },
  },
  deleteWaitsForRetry: {
    told: "w.add 1, r.CREATE 1, w.delete 1!, r.DELETE 1",
    arrange: async (stage) => {
      await created(stage);
      stage.told.failNext("w");
      await deleted(stage);
    },
  },
  deleted: {
    told: "w.add 1, r.CREATE 1, w.delete 1, r.DELETE 1",
    arrange: async (stage) => {
      await created(stage);
      await deleted(stage);
    },
  },
} as const satisfies Readonly<Record<string, StateOfKey>>;

/** What can happen to a key then, through the server and in the process. */
export const eventsOfKey = {
  nothing: async () => {},
  created: (stage) => stage.object.create(),
  specChanged: (stage) => stage.object.changeSpec(),
  labelled: (stage) => stage.object.patch({ metadata: { labels: { a: "b" } } }),
  statusWritten: (stage) => stage.object.patch({ status: { text: "x" } }, "status"),
  deleted: (stage) => stage.object.delete(),
  recreated: async (stage) => {
    await stage.object.delete();
    await stage.object.create();
  },
  resynced: (stage) => stage.resync(),
  relisted: (stage) => stage.unseen(async () => {}),
  relistedChanged: (stage) => stage.unseen(() => stage.object.changeSpec()),
  relistedGone: (stage) => stage.unseen(() => stage.object.delete()),
  relistedRecreated: (stage) =>
    stage.unseen(async () => {
      await stage.object.delete();
      await stage.object.create();
    }),
  /** The object changes, or comes, afterwards. */
  watcherAdded: async (stage) => {
    stage.addWatcher(plainWatcher("v", stage));
    await somethingNew(stage);
  },
  watcherRemoved: async (stage) => {
    stage.removeWatcher();
    await somethingNew(stage);
  },
  reconcilerRemoved: async (stage) => {
    stage.removeReconciler();
    await somethingNew(stage);
  },
  informerRemoved: async (stage) => {
    await stage.removeInformer();
    await somethingNew(stage);
  },
  stopped: async (stage) => {
    stage.stop();
    await somethingNew(stage);
  },
  /** The process is another one. */
  restarted: async (stage) => {
    stage.stop();
    stage.told.release();
    await stage.ended();
    await stage.start();
  },
} as const satisfies Readonly<Record<string, (stage: InformerControllerStage) => Promise<void>>>;

async function somethingNew({ object }: InformerControllerStage): Promise<void> {
  if ((await object.live()) === undefined) await object.create();
  else await object.changeSpec();
}
