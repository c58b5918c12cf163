import { sleep } from "@operatorkit/observe";
import { Journal } from "./journal.ts";
import type { Scenario } from "./scenario.ts";
import type { RunningSubject, Subject } from "./subject.ts";
import { World } from "./world.ts";

export interface ScenarioResult {
  readonly id: string;
  readonly name: string;
  /** Whether the fault happened at all: not to a subject that does not ask for what it is about. */
  readonly isReached: boolean;
  /** Empty when survived. */
  readonly problems: readonly string[];
  readonly requests: number;
  /** The most requests in any ten seconds. */
  readonly busiest: number;
  /** From the end of the fault until the copy was right. */
  readonly healedMs: number | undefined;
  readonly durationMs: number;
}

/** How long after the end of its fault a subject may take. */
const HEAL_MS = 6_000;
/** How long it must then stay right. */
const QUIET_MS = 400;
const SYNC_MS = 3_000;
const MOST_REQUESTS = 20;

/** Takes one subject through one scenario on a server of its own. Never rejects. */
export async function runScenario(subject: Subject, scenario: Scenario, signal: AbortSignal): Promise<ScenarioResult> {
  const started = performance.now();
  const journal = new Journal(() => scenario.goesBack === true);
  const problems: string[] = [];
  let healedMs: number | undefined;
  let world: World | undefined;
  try {
    world = await World.start({ front: scenario.front });
    for (const name of ["a", "b", "c"]) await world.put(name, "0");
    await scenario.before?.(world);
    const { url, caPem, token, kubeconfigPath } = world;
    const running = await subject.start({
      url,
      caPem,
      token,
      kubeconfigPath,
      told: journal,
      useWatchList: scenario.useWatchList === true,
      pageSize: scenario.pageSize ?? 500,
      signal,
    });
    try {
      if (scenario.before === undefined && !(await agrees(world, running, journal, SYNC_MS))) problems.push("it never synced");
      await scenario.run(world);
      await world.untilReached();
      world.heal();
      const healing = performance.now();
      if (await agrees(world, running, journal, HEAL_MS)) healedMs = Math.round(performance.now() - healing);
      else problems.push(...(await differences(world, running, journal)));
      await sleep(QUIET_MS, { signal });
      if (healedMs !== undefined) problems.push(...(await differences(world, running, journal)));
    } finally {
      await running.stop();
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  } finally {
    await world?.[Symbol.asyncDispose]();
  }
  const { busiest = 0, requests = 0, isReached = false } = world ?? {};
  if (busiest > MOST_REQUESTS) problems.push(`${busiest} requests within 10 s`);
  problems.push(...new Set(journal.problems));
  return {
    id: scenario.id,
    name: scenario.name,
    isReached,
    problems,
    requests,
    busiest,
    healedMs,
    durationMs: Math.round(performance.now() - started),
  };
}

async function agrees(world: World, running: RunningSubject, journal: Journal, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if ((await differences(world, running, journal)).length === 0) return true;
    await sleep(50);
  }
  return false;
}

/** What the copy, and the user who was told, have wrong. */
async function differences(world: World, running: RunningSubject, journal: Journal): Promise<readonly string[]> {
  const state = await world.state();
  return [...compare("copy", state, running.cache()), ...compare("handler", state, journal.live)];
}

function compare(
  who: string,
  state: ReadonlyMap<string, string>,
  seen: ReadonlyMap<string, { readonly uid: string; readonly version: string }>,
): readonly string[] {
  const problems: string[] = [];
  for (const [name, version] of state) {
    const one = seen.get(name);
    if (one === undefined) problems.push(`${who}: ${name} is missing`);
    else if (`${one.uid} ${one.version}` !== version) problems.push(`${who}: ${name} is out of date`);
  }
  for (const name of seen.keys()) if (!state.has(name)) problems.push(`${who}: ${name} is a ghost`);
  return problems;
}
