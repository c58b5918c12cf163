import { CustomResourceClient } from "@operatorkit/client";
import { crdFor, ensureCustomResources } from "operatorkit";
import { RETRY_MS, type ResourceControllerStage } from "./resource-controller-stage.ts";
import type { Arrangement } from "./state-table.ts";
import { OURS, THEIRS } from "./widget.ts";

type StateOfObject = Arrangement<ResourceControllerStage>;

const PAUSE = "operatorkit.giantswarm.io/paused";
const PAUSED = { [PAUSE]: "true" };

function created(metadata: Parameters<ResourceControllerStage["create"]>[0] = {}): StateOfObject["arrange"] {
  return async (stage) => {
    await stage.start();
    await stage.create(metadata);
    await stage.settle();
  };
}

/** The first pass, and the one for the finalizer that it put on. */
const CREATED = "one.created 1, two.created 1, one.created 1, two.created 1";

/** Created, and then changed: the pass over that goes as `how` says. */
function changed(how: (stage: ResourceControllerStage) => void): StateOfObject["arrange"] {
  return async (stage) => {
    await created()(stage);
    how(stage);
    await stage.object.changeSpec();
    await stage.settle();
  };
}

/** Created, and then deleted: its deletion goes as `how` says. */
function going(how: (stage: ResourceControllerStage) => void, finalizers: readonly string[] = []): StateOfObject["arrange"] {
  return async (stage) => {
    await created({ finalizers })(stage);
    how(stage);
    await stage.object.delete();
    await stage.settle();
  };
}

async function annotate({ object }: ResourceControllerStage, value: string | null): Promise<void> {
  await object.patch({ metadata: { annotations: { [PAUSE]: value } } });
}

/** What an object can be at when a `ResourceController` looks after it. */
export const statesOfObject = {
  absent: { told: "", arrange: (stage) => stage.start() },
  /** It came while the process was down. */
  newWhileDown: { told: "", arrange: (stage) => stage.create() },
  firstPassRuns: {
    told: "one.created 1, two.created 1…",
    arrange: async (stage) => {
      stage.told.holdNext("two");
      await created()(stage);
    },
  },
  created: { told: CREATED, arrange: created() },
  createdAndTheirs: { told: CREATED, arrange: created({ finalizers: [THEIRS] }) },
  passRuns: { told: `${CREATED}, one.created 2, two.created 2…`, arrange: changed(({ told }) => told.holdNext("two")) },
  backingOff: { told: `${CREATED}, one.created 2, two.created 2!`, arrange: changed(({ told }) => told.failNext("two")) },
  toBeRepeated: { told: `${CREATED}, one.created 2, two.created 2 repeat`, arrange: changed((stage) => stage.say("repeat")) },
  pausedFromTheStart: { told: "", arrange: created({ annotations: PAUSED }) },
  paused: {
    told: CREATED,
    arrange: async (stage) => {
      await created()(stage);
      await annotate(stage, "true");
      await stage.settle();
    },
  },
  deselected: {
    told: CREATED,
    arrange: async (stage) => {
      await created()(stage);
      await stage.object.patch({ metadata: { labels: { cell: null } } });
      await stage.settle();
    },
  },
  cleanupRuns: {
    told: `${CREATED}, one.deleted 2, two.deleted 2…`,
    arrange: going(({ told }) => told.holdNext("two")),
  },
  cleanupBacksOff: {
    told: `${CREATED}, one.deleted 2, two.deleted 2!`,
    arrange: going(({ told }) => told.failNext("two")),
  },
  cleanupBacksOffAndTheirs: {
    told: `${CREATED}, one.deleted 2, two.deleted 2!`,
    arrange: going(({ told }) => told.failNext("two"), [THEIRS]),
  },
  cleanupToBeRepeated: {
    told: `${CREATED}, one.deleted 2, two.deleted 2 repeat`,
    arrange: going((stage) => stage.say("repeat")),
  },
  finalizersKept: {
    told: `${CREATED}, one.deleted 2, two.deleted 2 keepFinalizers`,
    arrange: going((stage) => stage.say("keepFinalizers")),
  },
  cleanupCancelled: {
    told: `${CREATED}, one.deleted 2, two.deleted 2 cancelReconciliation`,
    arrange: going((stage) => stage.say("cancelReconciliation")),
  },
  cleanedUpHeldByTheirs: {
    told: `${CREATED}, one.deleted 2, two.deleted 2`,
    arrange: going(() => {}, [THEIRS]),
  },
  pausedAndGoing: {
    told: CREATED,
    arrange: async (stage) => {
      await created()(stage);
      await annotate(stage, "true");
      await stage.object.delete();
      await stage.settle();
    },
  },
  /** It came and was deleted while the process was down. */
  goingNeverOurs: {
    told: "",
    arrange: async (stage) => {
      await stage.create({ finalizers: [THEIRS] });
      await stage.object.delete();
      await stage.start();
    },
  },
  goingWhileDown: {
    told: CREATED,
    arrange: async (stage) => {
      await created()(stage);
      await stage.stop();
      await stage.object.delete();
    },
  },
} as const satisfies Readonly<Record<string, StateOfObject>>;

/** What can happen to an object then: through the server, by time, and to the process. */
export const eventsOfObject = {
  nothing: async () => {},
  created: (stage) => stage.create(),
  specChanged: (stage) => stage.object.changeSpec(),
  statusWritten: (stage) => stage.object.patch({ status: { text: "x" } }, "status"),
  paused: (stage) => annotate(stage, "true"),
  unpaused: (stage) => annotate(stage, null),
  deselected: (stage) => stage.object.patch({ metadata: { labels: { cell: null } } }),
  selected: (stage) => stage.object.patch({ metadata: { labels: stage.labels } }),
  deleted: (stage) => stage.object.delete(),
  theirsTaken: (stage) => takeOff(stage, THEIRS),
  oursTaken: (stage) => takeOff(stage, OURS),
  allTaken: (stage) => takeOff(stage, OURS, THEIRS),
  /** By force, and unseen. */
  vanished: (stage) => stage.unseen(() => stage.object.remove()),
  recreated: (stage) =>
    stage.unseen(async () => {
      await stage.object.remove();
      await stage.create();
    }),
  /** What was to come after a while comes, and fails. */
  failsWhenDue: async (stage) => {
    stage.told.failNext("one");
    await stage.pass(RETRY_MS);
  },
  resynced: (stage) => stage.resync(),
  relisted: (stage) => stage.unseen(async () => {}),
  restarted: async (stage) => {
    await stage.stop();
    await stage.start();
  },
  /** And installed again, and the object created anew. */
  crdDeleted: async (stage) => {
    const { admin, signal, object } = stage;
    const crd = crdFor(stage.kind);
    const deleting = new CustomResourceClient({ client: admin, intervalMs: 50 }).ensureDeleted(crd.metadata.name, { signal });
    await stage.untilGoing();
    await stage.settle();
    await object.remove();
    await deleting;
    await stage.settle();
    await ensureCustomResources(admin, [crd], { signal });
    await stage.create();
  },
} as const satisfies Readonly<Record<string, (stage: ResourceControllerStage) => Promise<void>>>;

/** Takes finalizers off, if they are there; others stay. */
async function takeOff({ object }: ResourceControllerStage, ...finalizers: readonly string[]): Promise<void> {
  const live = await object.live();
  const left = (live?.metadata.finalizers ?? []).filter((finalizer) => !finalizers.includes(finalizer));
  await object.patch({ metadata: { finalizers: left } });
}
