import { Informer } from "@operatorkit/informer";
import { ConfigMap } from "@operatorkit/object/kinds";
import { ignoreNotFound, sleep } from "operatorkit";
import { OperatorProcess } from "./perturbation/operator-process.ts";
import type { Interference } from "./perturbation/process-transport.ts";
import { RealWorld } from "./perturbation/real-world.ts";
import type { Subject } from "./perturbation/subject.ts";
import { LEDGER } from "./perturbation/subjects/children.ts";
import { controllerSubject } from "./perturbation/subjects/controller-subject.ts";
import { resourceControllerSubject } from "./perturbation/subjects/resource-controller-subject.ts";
import { Widget, widget } from "./perturbation/subjects/widget.ts";
import type { Report, Suite } from "./suite.ts";

/** An operator of Widgets at work, and what is put between it and the server. */
interface Scene {
  readonly world: RealWorld;
  readonly interference: Changeable<Interference>;
  readonly process: OperatorProcess;
}

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

interface VanishingCase {
  readonly name: string;
  /** Whose entries are in the ledger at the end: only a cleanup takes one out. */
  readonly left: readonly string[];
  run(scene: Scene): Promise<void>;
}

const cases: readonly VanishingCase[] = [
  {
    name: "what is deleted while its finalizer is being added leaves nothing behind",
    left: [],
    async run({ world: { admin, namespace }, interference }) {
      const deleted = new Set<string>();
      interference.beforeWrite = ({ method, path }) => {
        const [, name] = /\/widgets\/([^/?]+)(\?|$)/.exec(path) ?? [];
        if (method !== "PATCH" || name === undefined || deleted.has(name)) return;
        deleted.add(name);
        // Not waited for: the deletion and the patch are to meet.
        void ignoreNotFound(admin.delete(Widget, { namespace, name }));
      };
      for (let number = 1; number <= RACES; number += 1) await admin.create(widget(namespace, `w${number}`, "one"));
    },
  },
  {
    name: "what goes unseen, with the finalizer last seen on it, is cleaned up after",
    left: [],
    async run({ world, interference, process }) {
      await world.admin.create(widget(world.namespace, "a", "one"));
      await world.settle();
      // The next watch learns that history is forgotten, so that a list is all there is to tell.
      let isForgotten = false;
      interference.refusalOf = (read, plural) => {
        if (read !== "watch" || plural !== Widget.plural || isForgotten) return undefined;
        isForgotten = true;
        return 410;
      };
      process.cut();
      await takeAway(world, "a");
    },
  },
  {
    name: "what somebody takes the finalizer off is left alone",
    left: ["a"],
    async run({ world, interference }) {
      await world.admin.create(widget(world.namespace, "a", "one"));
      await world.settle();
      const held = Promise.withResolvers<void>();
      interference.heldBack = () => held.promise;
      await takeAway(world, "a");
      held.resolve();
    },
  },
];

/** Objects whose deletion and whose finalizer race for the server. */
const RACES = 30;
/** The next list may be some seconds away. */
const QUIET_MS = 2_500;
const LONGEST_MS = 30_000;

async function takeAway({ admin, namespace }: RealWorld, name: string): Promise<void> {
  await admin.patch(Widget, { namespace, name }, { type: "merge", body: { metadata: { finalizers: null } } });
  await admin.delete(Widget, { namespace, name });
}

/**
 * Objects that are gone although they carried our finalizer. kube-apiserver looks for finalizers once when it deletes, and loses one that is added
 * after that (apiserver `registry/generic/registry/store.go`, `Delete`): of objects that are deleted just then, a third goes without a cleanup.
 */
export const vanishingSuite: Suite = {
  name: "vanishing objects",
  async run(target, report, { signal, isWanted }) {
    for (const subject of [controllerSubject, resourceControllerSubject]) {
      for (const one of cases) {
        const name = `${subject.name}: ${one.name}`;
        if (!isWanted(name)) continue;
        const started = performance.now();
        try {
          const lost = await play(subject, one, await RealWorld.start(subject, { target, signal }));
          report.passed(name, performance.now() - started);
          if (one === cases[0]) measure(report, subject, lost);
        } catch (error) {
          report.failed(name, error, performance.now() - started);
        }
      }
    }
  },
};

function measure(report: Report, { name }: Subject, lost: number): void {
  report.measured(`objects of ${name} that went with a finalizer just added`, `${lost} of ${RACES}`);
}

/** How many objects went with a finalizer on them, and without being marked for deletion. */
async function play(subject: Subject, { run, left }: VanishingCase, world: RealWorld): Promise<number> {
  await using _ = world;
  const stop = new AbortController();
  const interference: Changeable<Interference> = {};
  const process = new OperatorProcess({ subject, world, interference });
  const informer = new Informer({ listWatch: world.admin.listWatch(Widget, { namespace: world.namespace }) });
  let lost = 0;
  informer.addEventHandler({
    delete({ metadata: { deletionTimestamp, finalizers = [] } }) {
      if (deletionTimestamp === undefined && finalizers.length > 0) lost += 1;
    },
  });
  const watching = informer.run({ signal: stop.signal });
  try {
    await informer.synced();
    await process.start();
    await world.settle();
    await run({ world, interference, process });
    await world.settle(0, QUIET_MS);
    await untilEmpty(() => difference(subject, world, left));
    await process.stop();
    if (process.problems.length > 0) throw new Error(process.problems.join("\n"));
    return lost;
  } finally {
    process.kill();
    await process.idle();
    stop.abort();
    await watching;
  }
}

/** What is there and should not be, or the other way round; empty when nothing is. */
async function difference({ kinds }: Subject, { admin, namespace }: RealWorld, left: readonly string[]): Promise<string> {
  const widgets = await admin.list(Widget, { namespace }).toArray();
  const ledger = await ignoreNotFound(admin.get(ConfigMap, { namespace, name: LEDGER }));
  const entries = Object.keys(ledger?.data ?? {});
  const problems = [
    ...widgets.map(({ metadata }) => `Widget ${metadata.name} is there`),
    ...(entries.join() === left.join() ? [] : [`the ledger has ${entries.join()} instead of ${left.join()}`]),
  ];
  for (const kind of left.length > 0 ? [] : kinds) {
    const children = await admin.list(kind, { namespace, labelSelector: "widget" }).toArray();
    problems.push(...children.map(({ metadata }) => `${kind.kind} ${metadata.name} is there`));
  }
  return problems.join("\n");
}

async function untilEmpty(look: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    const problems = await look();
    if (problems === "") return;
    if (performance.now() > deadline) throw new Error(problems);
    await sleep(100);
  }
}
