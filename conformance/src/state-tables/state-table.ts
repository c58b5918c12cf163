import { connect, crdFor, ensureCustomResources, ensureNamespace, type DefinedKind } from "operatorkit";
import type { Suite } from "../suite.ts";
import type { Stage, StageOptions } from "./stage.ts";

/**
 * A state machine as it is seen through a server: what comes of everything that can happen in every state, in words: what handlers were
 * told (see `Told`), and what is left on the server. A cell that is missing does not compile.
 */
export type StateTable<State extends string, Event extends string> = Readonly<Record<State, Readonly<Record<Event, string>>>>;

/** In a cell: what cannot happen in this state, such as the deletion of what is not there. */
export const IMPOSSIBLE = "impossible";

/** How an object comes into a state, and what handlers are told on the way. */
export interface Arrangement<S extends Stage> {
  readonly told: string;
  readonly arrange: (stage: S) => Promise<void>;
}

export interface StateTableOptions<S extends Stage, State extends string, Event extends string> {
  readonly name: string;
  /** Installed before the first cell. */
  readonly kinds: readonly DefinedKind[];
  readonly states: Readonly<Record<State, Arrangement<S>>>;
  readonly events: Readonly<Record<Event, (stage: S) => Promise<void>>>;
  readonly table: StateTable<State, Event>;
  readonly open: (options: StageOptions, cell: { readonly state: State; readonly event: Event }) => S;
}

/** Cells that are played at the same time. */
const SIDE_BY_SIDE = 64;

/** Every possible cell of a table as a check, each with an object and a stage of its own. */
export function stateTableSuite<S extends Stage, State extends string, Event extends string>(
  options: StateTableOptions<S, State, Event>,
): Suite {
  const { name, kinds } = options;
  return {
    name,
    async run(target, report, { signal, isWanted }) {
      const cells = cellsOf(options.table).filter((cell) => isWanted(cell.name));
      if (cells.length === 0) return;
      await using admin = await connect({ kubeconfig: target.kubeconfigPath, signal });
      const crds = kinds.map((kind) => crdFor(kind));
      await ensureCustomResources(admin, crds, { signal });
      const namespace = name.replaceAll(" ", "-");
      await ensureNamespace(admin, namespace, { signal });
      const waiting = cells.values();
      const playAll = async (): Promise<void> => {
        for (const cell of waiting) {
          const started = performance.now();
          try {
            const actual = await play(options, cell, { admin, signal, ref: { namespace, name: cell.name } });
            if (actual !== cell.expected) throw new Error(`expected: ${cell.expected}\nactual:   ${actual}`);
            report.passed(cell.name, performance.now() - started);
          } catch (error) {
            report.failed(cell.name, error, performance.now() - started);
          }
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, playAll));
    },
  };
}

interface Cell<State extends string, Event extends string> {
  /** Of the check, and of the object. */
  readonly name: string;
  readonly state: State;
  readonly event: Event;
  readonly expected: string;
}

function cellsOf<State extends string, Event extends string>(table: StateTable<State, Event>): readonly Cell<State, Event>[] {
  const cells = keysOf(table).flatMap((state) => {
    const row = table[state];
    return keysOf(row).map((event) => ({ name: `${kebab(state)}-then-${kebab(event)}`, state, event, expected: row[event] }));
  });
  return cells.filter(({ expected }) => expected !== IMPOSSIBLE);
}

/** Brings the object into the state, lets the event happen, and says what came of it. */
async function play<S extends Stage, State extends string, Event extends string>(
  { states, events, open }: StateTableOptions<S, State, Event>,
  { state, event }: Cell<State, Event>,
  options: StageOptions,
): Promise<string> {
  await using stage = open(options, { state, event });
  const { told, arrange } = states[state];
  await arrange(stage);
  const before = stage.told.take();
  if (before !== told) throw new Error(`on the way into the state: expected: ${told}\nactual:   ${before}`);
  await events[event](stage);
  await stage.settle();
  const end = await stage.finish();
  return [stage.told.take() || "nothing", end].join(" / ");
}

/** The tables are literals with no keys but those of their type. */
function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[];
}

function kebab(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
