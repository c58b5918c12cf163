import assert from "node:assert/strict";
import { sleep } from "@operatorkit/observe";
import type { Seen } from "../fault-scenarios/subject.ts";
import { CaseContext } from "../api-case.ts";
import { RawHttp } from "../raw-http.ts";
import type { Target } from "../target.ts";
import { ConfigMaps } from "./config-maps.ts";
import { REQUEUE_MS } from "./messages.ts";
import { OperatorProcess } from "./operator-process.ts";
import { Program } from "./program.ts";

export interface ProcessCase {
  /** A sentence about behaviour; unique among all cases. */
  readonly name: string;
  /** Takes more than a minute. */
  readonly isSlow: boolean;
  /** Stops the target's own process: nothing else may use it then. */
  readonly isAlone: boolean;
  run(target: Target, signal: AbortSignal): Promise<void>;
}

interface Standstill {
  readonly ms: number;
  /** Limits of a second or so, which the standstill is longer than; or the defaults. */
  readonly isImpatient: boolean;
}

/** A turn may come early by what timers round off. */
const ROUNDED_MS = 20;
const SHORT: readonly Standstill[] = [{ ms: 3_000, isImpatient: true }];
/** The defaults give up after 10, 20, 30, 60 and 90 s. */
const LONG: readonly Standstill[] = [
  { ms: 60_000, isImpatient: true },
  { ms: 100_000, isImpatient: false },
];

export const processCases: readonly ProcessCase[] = [...SHORT, ...LONG].flatMap((standstill) => [
  ofOperator("an operator's event loop that is blocked", standstill, async (operator, meanwhile) => {
    operator.block(standstill.ms);
    await meanwhile();
  }),
  ofOperator("an operator's process that is stopped", standstill, async (operator, meanwhile) => {
    operator.freeze();
    await meanwhile();
    operator.resume();
  }),
  ofServer(standstill),
]);

function nameOf(what: string, { ms, isImpatient }: Standstill): string {
  return `${what} for ${ms / 1000} s, ${isImpatient ? "longer than each of its short limits" : "longer than each of the default limits"}`;
}

function ofOperator(
  what: string,
  standstill: Standstill,
  hold: (operator: OperatorProcess, meanwhile: () => Promise<void>) => Promise<void>,
): ProcessCase {
  const { ms, isImpatient } = standstill;
  return {
    name: `${nameOf(what, standstill)}: loses no event and no connection, and is late but once`,
    isSlow: ms > 10_000,
    isAlone: false,
    async run(target, signal) {
      const api = new CaseContext(target);
      try {
        const maps = new ConfigMaps(api.http, await api.namespace());
        await maps.make("a", "b", "c");
        const { url, caPem, token } = target;
        await using operator = await OperatorProcess.start({ url, caPem, token, namespace: maps.namespace, isImpatient }, signal);
        await settled(operator, maps);
        const before = await operator.look();
        // Due before, during and shortly after the standstill, some at the same time.
        operator.setTimers([1, 50, ms / 2, ms / 2, ms - 10, ms + 200]);
        // It has them when it answers.
        await operator.look();
        await hold(operator, async () => {
          await sleep(ms / 2, { signal });
          await maps.change("a", "1");
          await maps.remove("b");
          await maps.make("b", "d");
          await maps.remove("d");
          await sleep(ms / 2, { signal });
        });
        await settled(operator, maps);
        await maps.change("a", "2");
        await settled(operator, maps);
        await sleep(REQUEUE_MS * 2, { signal });
        const after = await operator.look();
        // A request more is for the watch that ended as it was asked to.
        assert.ok(after.requests - before.requests <= (isImpatient && ms < 10_000 ? 0 : 4), `${after.requests - before.requests} requests`);
        assert.equal(after.lateMs.length, 6, "each timer fires once");
        assert.ok(Math.min(...after.lateMs) > -ROUNDED_MS, `a timer fired early: ${after.lateMs.join()}`);
        assertOnce(after.turns["c"] ?? [], ms);
        assert.ok(operator.journal.lines.filter((line) => line.startsWith("delete b")).length === 1, operator.journal.lines.join("\n"));
      } finally {
        await api.close();
      }
    },
  };
}

function ofServer(standstill: Standstill): ProcessCase {
  const { ms, isImpatient } = standstill;
  return {
    name: `${nameOf("a server's process that is stopped", standstill)}, is given up and taken up again`,
    isSlow: ms > 10_000,
    isAlone: true,
    async run(target, signal) {
      await using server = await serverOf(target);
      const { url, caPem, token, pid } = server;
      const maps = new ConfigMaps(new RawHttp({ url, caPem, token }), await server.namespace());
      await maps.make("a", "b", "c");
      await using operator = await OperatorProcess.start({ url, caPem, token, namespace: maps.namespace, isImpatient }, signal);
      await settled(operator, maps);
      const before = await operator.look();
      process.kill(pid, "SIGSTOP");
      try {
        await sleep(ms, { signal });
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await maps.change("a", "1");
      await maps.remove("b");
      await maps.make("b");
      // The waits between tries have grown to 30 s at most.
      await settled(operator, maps, 45_000);
      const { requests } = await operator.look();
      assert.ok(requests > before.requests, "the silent connections were given up");
      assert.ok(requests - before.requests < 20 + ms / 2_000, `${requests - before.requests} requests`);
    },
  };
}

/** Turns that come by a timer: never two for one wait, and one soon after a standstill. */
function assertOnce(turns: readonly number[], standstillMs: number): void {
  const gaps = turns.slice(1).map((at, index) => at - (turns[index] as number));
  const shortest = Math.min(...gaps);
  assert.ok(shortest > REQUEUE_MS - ROUNDED_MS, `a turn came after ${shortest} ms`);
  assert.equal(gaps.filter((gap) => gap > standstillMs - REQUEUE_MS).length, 1, `the turns were late once: ${gaps.join()}`);
}

/** Resolves when the copy and what the handlers were told are what the server has, and nothing that was told was wrong. */
async function settled(operator: OperatorProcess, maps: ConfigMaps, withinMs: number = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const state = await maps.state();
    const copy = linesOf((await operator.look()).cache);
    const told = linesOf(operator.journal.live.values());
    try {
      assert.deepEqual(copy, state, "the copy");
      assert.deepEqual(told, state, "what was told");
      break;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
  assert.deepEqual(operator.journal.problems, []);
}

function linesOf(objects: Iterable<Seen>): readonly string[] {
  return [...objects].map(({ name, uid, version }) => `${name} ${uid} ${version}`).toSorted();
}

type Address = Pick<Target, "url" | "caPem" | "token">;

interface StoppableServer extends Address, AsyncDisposable {
  readonly pid: number;
  namespace(): Promise<string>;
}

/** The target itself where it is a process; ours, which is part of this one, is started as another. */
async function serverOf(target: Target): Promise<StoppableServer> {
  const { url, caPem, token, serverPid } = target;
  if (serverPid !== undefined) {
    const api = new CaseContext(target);
    return { url, caPem, token, pid: serverPid, namespace: () => api.namespace(), [Symbol.asyncDispose]: () => api.close() };
  }
  const program = new Program("server-program.ts");
  const address = await new Promise<Address>((resolve) => program.onMessage((message) => resolve(message as Address)));
  return {
    ...address,
    pid: program.pid,
    namespace: async () => "default",
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
