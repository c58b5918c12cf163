import type { FaultAction } from "@operatorkit/apiserver";
import { Random } from "../differential/random.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** Faults a client can make up for: a dropped event that nothing follows is not among them. */
const WATCH_FAULTS: readonly [FaultAction, ...FaultAction[]] = [
  { type: "status", code: 503 },
  { type: "status", code: 429, retryAfterSeconds: 1 },
  { type: "reset" },
  { type: "reset", at: "mid-event" },
  { type: "reset", at: "after-events", afterEvents: 1, scope: "connection" },
  { type: "expire" },
  { type: "expire", as: "status" },
  { type: "expire", as: "end" },
  { type: "silence", afterEvents: 1 },
  { type: "hang" },
  { type: "end" },
  { type: "duplicate", copies: 2 },
  { type: "stale" },
  { type: "delay", ms: 200 },
  { type: "corrupt" },
  { type: "corrupt", how: "truncated" },
  { type: "drip", bytes: 5, everyMs: 1 },
];
const LIST_FAULTS: readonly [FaultAction, ...FaultAction[]] = [
  { type: "status", code: 500 },
  { type: "reset", at: "mid-page" },
  { type: "silence", afterBytes: 30 },
  { type: "hang" },
  { type: "corrupt", how: "html" },
  { type: "expire" },
  { type: "answer", body: "{}" },
];
const NAMES: readonly [string, ...string[]] = ["a", "b", "c", "d", "e"];
const MOST_FAULTS = 3;

/** Changes, broken connections and up to three faults, as the seed says. */
export function randomScenario(seed: number): Scenario {
  return {
    id: "P3–P11",
    name: `faults and changes by chance (seed ${seed})`,
    isQuick: seed <= 4,
    pageSize: seed % 2 === 0 ? 2 : 500,
    useWatchList: seed % 3 === 0,
    run: (world) => play(world, new Random(seed)),
  };
}

async function play(world: World, random: Random): Promise<void> {
  let faults = 0;
  const release: (() => void)[] = [];
  for (let step = 0; step < 14; step += 1) {
    const choice = random.below(10);
    const name = random.pick(NAMES);
    if (choice < 4) await world.put(name, String(step));
    else if (choice === 4) await world.remove(name);
    else if (choice === 5) {
      await world.remove(name);
      await world.put(name, String(step));
    } else if (choice === 6) world.cut();
    else if (choice === 7 && random.chance(0.5)) world.server.compact();
    else if (choice === 7) release.push(world.server.freeze({ kind: "ConfigMap" }));
    else if (faults < MOST_FAULTS) {
      faults += 1;
      if (random.chance(0.7)) world.fault("watch", random.pick(WATCH_FAULTS), { times: 1 });
      else world.fault("list", random.pick(LIST_FAULTS), { times: 1 });
    }
    if (random.chance(0.4)) await world.wait(random.below(250));
  }
  for (const done of release) done();
}
