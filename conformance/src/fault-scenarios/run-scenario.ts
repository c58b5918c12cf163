import { sleep } from "@operatorkit/observe";
import { isOlder, Journal } from "./journal.ts";
import { misbehaving } from "./misbehaving.ts";
import type { Scenario } from "./scenario.ts";
import type { RunningSubject, Seen, Subject } from "./subject.ts";
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
  if (scenario.front === "h2" && subject.isHttp1Only === true) {
    const { id, name } = scenario;
    return { id, name, isReached: false, problems: [], requests: 0, busiest: 0, healedMs: undefined, durationMs: 0 };
  }
  const { goesBack = false, isSelective = false, isCustom = false, handlers } = scenario;
  const journal = new Journal({ mayGoBack: goesBack, mayReturn: isSelective, tellsOnce: subject.isStrict === true });
  const problems = new Set<string>();
  let healedMs: number | undefined;
  let world: World | undefined;
  try {
    world = await World.start({ front: scenario.front, isCustom });
    for (const name of ["a", "b", "c"]) await world.put(name, "0", isSelective ? { keep: "yes" } : {});
    await scenario.before?.(world);
    const { url, caPem, token, caFile, tokenFile, kubeconfigPath } = world;
    const running = await subject.start({
      url,
      caPem,
      token,
      caFile,
      tokenFile,
      kubeconfigPath,
      told: handlers === undefined ? journal : misbehaving(journal, handlers),
      useWatchList: scenario.useWatchList === true,
      pageSize: scenario.pageSize ?? 500,
      isCustom,
      isSelective,
      signal,
    });
    const look: Look = { world, running, journal, scenario };
    world.onStep = stepCheck(look, problems);
    try {
      if (scenario.before === undefined && !(await agrees(look, SYNC_MS))) problems.add("it never synced");
      await scenario.run(world);
      await world.untilReached();
      world.heal();
      const healing = performance.now();
      if (await agrees(look, scenario.healMs ?? HEAL_MS)) healedMs = Math.round(performance.now() - healing);
      else for (const problem of await differences(look)) problems.add(problem);
      await sleep(QUIET_MS, { signal });
      if (healedMs !== undefined) for (const problem of await differences(look)) problems.add(problem);
      for (const problem of (await running.verify?.(signal)) ?? []) problems.add(problem);
    } finally {
      await running.stop();
    }
    if (subject.isStrict === true) for (const problem of await leftovers(world)) problems.add(problem);
  } catch (error) {
    problems.add(error instanceof Error ? error.message : String(error));
  } finally {
    await world?.[Symbol.asyncDispose]();
  }
  const { busiest = 0, requests = 0, isReached = false } = world ?? {};
  if (busiest > MOST_REQUESTS) problems.add(`${busiest} requests within 10 s`);
  for (const problem of journal.problems) problems.add(problem);
  return {
    id: scenario.id,
    name: scenario.name,
    isReached,
    problems: [...problems],
    requests,
    busiest,
    healedMs,
    durationMs: Math.round(performance.now() - started),
  };
}

interface Look {
  readonly world: World;
  readonly running: RunningSubject;
  readonly journal: Journal;
  readonly scenario: Scenario;
}

/**
 * What must hold after every step, healthy or not (I1 of the fault model, and that nothing is made up): no object of the copy goes back to
 * an older version, and each is one that the server had.
 */
function stepCheck({ world, running, scenario }: Look, problems: Set<string>): () => void {
  let before = new Map<string, string>();
  return () => {
    const now = new Map<string, string>();
    for (const { name, uid, version } of running.cache().values()) {
      const newest = before.get(uid);
      if (newest !== undefined && isOlder(version, newest) && scenario.goesBack !== true)
        problems.add(`copy: ${name} went back to ${version}`);
      if (!world.states.has(`${name} ${uid} ${version}`)) problems.add(`copy: ${name} at version ${version} never was`);
      now.set(uid, version);
    }
    before = now;
  };
}

async function agrees(look: Look, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if ((await differences(look)).length === 0) return true;
    await look.world.wait(50);
  }
  return false;
}

/** What the copy, and the user who was told, have wrong (I2, I4). A handler that hangs is told nothing else. */
async function differences({ world, running, journal, scenario }: Look): Promise<readonly string[]> {
  const state = await world.state(scenario.isSelective === true ? "keep=yes" : "");
  const copy = compare("copy", state, running.cache());
  return scenario.handlers === "hang" ? copy : [...copy, ...compare("handler", state, journal.live)];
}

/** Connections that are still open after a stop (I7), where there is something to count them. */
async function leftovers(world: World): Promise<readonly string[]> {
  for (let turn = 0; turn < 40 && world.connections > 0; turn += 1) await sleep(25);
  return world.connections === 0 ? [] : [`${world.connections} connections left open`];
}

function compare(who: string, state: ReadonlyMap<string, string>, seen: ReadonlyMap<string, Seen>): readonly string[] {
  const problems: string[] = [];
  for (const [name, version] of state) {
    const one = seen.get(name);
    if (one === undefined) problems.push(`${who}: ${name} is missing`);
    else if (`${one.uid} ${one.version}` !== version) problems.push(`${who}: ${name} is out of date`);
  }
  for (const name of seen.keys()) if (!state.has(name)) problems.push(`${who}: ${name} is a ghost`);
  return problems;
}
