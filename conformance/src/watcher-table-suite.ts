import { InformerController } from "@operatorkit/controller";
import { Informer } from "@operatorkit/informer";
import { connect, crdFor, ensureCustomResources, ensureNamespace, OpinionatedWatcher, sleep, type Client } from "operatorkit";
import { Widget, widget } from "./perturbation/subjects/widget.ts";
import type { Suite } from "./suite.ts";

const NAMESPACE = "watcher-table";
const OURS = "perturbation.example.com/table";
const BEGUN = `${OURS}-wip`;
const LEGACY = "perturbation.example.com/table-of-old";
/** Holds what is deleted, so that it can be looked at. */
const THEIRS = "example.com/theirs";

/** What an object is like when the watcher's process starts, what is told then, and which finalizers it has afterwards, beside theirs. */
interface State {
  readonly name: string;
  readonly finalizers: readonly string[];
  readonly isDeleting?: boolean;
  readonly told: readonly string[];
  readonly left: readonly string[];
}

const states: readonly State[] = [
  { name: "new", finalizers: [], told: ["add"], left: [OURS] },
  { name: "begun", finalizers: [BEGUN], told: ["add"], left: [OURS] },
  { name: "ours", finalizers: [OURS], told: ["sync"], left: [OURS] },
  { name: "legacy", finalizers: [LEGACY], told: ["sync"], left: [LEGACY] },
  { name: "ours-and-begun", finalizers: [OURS, BEGUN], told: ["sync"], left: [OURS] },
  { name: "going-new", finalizers: [], isDeleting: true, told: [], left: [] },
  { name: "going-begun", finalizers: [BEGUN], isDeleting: true, told: ["delete"], left: [] },
  { name: "going-ours", finalizers: [OURS], isDeleting: true, told: ["delete"], left: [] },
  { name: "going-legacy", finalizers: [LEGACY], isDeleting: true, told: ["delete"], left: [] },
];

interface Ref {
  readonly namespace: string;
  readonly name: string;
}

/** What then happens to it. An object that is going is told nothing more, and keeps none of ours. */
interface Happening {
  readonly name: string;
  readonly run: (admin: Client, ref: Ref) => Promise<unknown>;
  readonly told: readonly string[];
  readonly left?: readonly string[];
}

function patched(body: object, subresource?: string): Happening["run"] {
  return (admin, ref) => admin.patch(Widget, ref, { type: "merge", body }, subresource === undefined ? {} : { subresource });
}

const happenings: readonly Happening[] = [
  { name: "nothing", run: async () => {}, told: [] },
  { name: "spec", run: patched({ spec: { text: "two" } }), told: ["update"] },
  { name: "label", run: patched({ metadata: { labels: { a: "b" } } }), told: [] },
  { name: "status", run: patched({ status: { text: "x" } }, "status"), told: [] },
  { name: "deletion", run: (admin, ref) => admin.delete(Widget, ref), told: ["delete"], left: [] },
  { name: "finalizers-taken", run: patched({ metadata: { finalizers: [THEIRS] } }), told: ["add"], left: [OURS] },
];

interface TableCase {
  readonly state: State;
  readonly happening: Happening;
  readonly ref: Ref;
  readonly told: readonly string[];
  readonly left: readonly string[];
}

/** Every state × everything that can happen, as far as others than the watcher can bring it about through an API server. */
const table: readonly TableCase[] = states.flatMap((state) =>
  happenings.map((happening) => {
    const ref = { namespace: NAMESPACE, name: `${state.name}-then-${happening.name}` };
    if (state.isDeleting === true) return { state, happening, ref, told: state.told, left: [] };
    return { state, happening, ref, told: [...state.told, ...happening.told], left: happening.left ?? state.left };
  }),
);

/** The table of `opinionated-decision.ts`, through an informer, an `InformerController` and a server. */
export const watcherTableSuite: Suite = {
  name: "watcher table",
  async run(target, report, { signal, isWanted }) {
    const wanted = table.filter(({ ref }) => isWanted(ref.name));
    if (wanted.length === 0) return;
    await using admin = await connect({ kubeconfig: target.kubeconfigPath, signal });
    await ensureCustomResources(admin, [crdFor(Widget)], { signal });
    await ensureNamespace(admin, NAMESPACE, { signal });
    const told = new Map<string, string[]>(wanted.map(({ ref }) => [ref.name, []]));
    await Promise.all(wanted.map((one) => prepare(admin, one)));
    const stop = new AbortController();
    const running = watch(admin, told).run({ client: admin, signal: AbortSignal.any([signal, stop.signal]) });
    running.catch(() => {});
    try {
      const isBefore = ({ state, ref }: TableCase): Promise<string> => difference(admin, ref, told, state.told, state.left);
      for (const one of wanted) await untilEmpty(() => isBefore(one), signal);
      await Promise.all(wanted.map(({ happening, ref }) => happening.run(admin, ref)));
      const isAfter = ({ ref, told: all, left }: TableCase): Promise<string> => difference(admin, ref, told, all, left);
      for (const one of wanted) await untilEmpty(() => isAfter(one), signal);
      // What is told too often comes late.
      await sleep(QUIET_MS, { signal });
      for (const one of wanted) {
        const problem = await isAfter(one);
        if (problem === "") report.passed(one.ref.name, 0);
        else report.failed(one.ref.name, new Error(problem), 0);
      }
    } finally {
      stop.abort();
      await running;
      for (const { ref } of wanted) await release(admin, ref);
    }
  },
};

const QUIET_MS = 500;
const LONGEST_MS = 10_000;

async function prepare(admin: Client, { state, ref }: TableCase): Promise<void> {
  const object = widget(ref.namespace, ref.name, "one");
  await admin.create({ ...object, metadata: { ...object.metadata, finalizers: [THEIRS, ...state.finalizers] } });
  if (state.isDeleting === true) await admin.delete(Widget, ref);
}

function watch(client: Client, told: ReadonlyMap<string, string[]>): InformerController {
  const note = (what: string) => (object: Widget) => void told.get(object.metadata.name)?.push(what);
  const watcher = new OpinionatedWatcher<Widget>({
    kind: Widget,
    client,
    finalizer: OURS,
    legacyFinalizers: [LEGACY],
    add: note("add"),
    sync: note("sync"),
    update: (_, object) => note("update")(object),
    delete: note("delete"),
  });
  const informer = new Informer({ listWatch: client.listWatch(Widget, { namespace: NAMESPACE }) });
  const controller = new InformerController({ informers: { widget: [informer] } });
  controller.addWatcher(watcher, "widget");
  return controller;
}

/** What is not as it should be; empty when nothing is. */
async function difference(
  admin: Client,
  ref: Ref,
  told: ReadonlyMap<string, readonly string[]>,
  expected: readonly string[],
  left: readonly string[],
): Promise<string> {
  const { metadata } = await admin.get(Widget, ref);
  const actual = [told.get(ref.name)?.join(), metadata.finalizers?.join()].join(" / ");
  const wanted = [expected.join(), [THEIRS, ...left].join()].join(" / ");
  return actual === wanted ? "" : `expected ${wanted}, got ${actual}`;
}

/** Waits for a while; who asks again then learns what is still wrong. */
async function untilEmpty(problem: () => Promise<string>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while ((await problem()) !== "" && performance.now() < deadline) await sleep(20, { signal });
}

async function release(admin: Client, ref: Ref): Promise<void> {
  await admin.patch(Widget, ref, { type: "merge", body: { metadata: { finalizers: null } } });
  const isLeft = (await admin.list(Widget, { namespace: ref.namespace }).toArray()).some(({ metadata }) => metadata.name === ref.name);
  if (isLeft) await admin.delete(Widget, ref);
}
