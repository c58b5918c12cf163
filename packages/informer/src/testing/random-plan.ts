import * as fc from "fast-check";
import type { Fault } from "./fault.ts";
import type { Backup } from "./fake-server.ts";
import { Lab, seeded } from "./lab.ts";

/** One thing that happens in a random plan. */
export type Step =
  | { readonly do: "write"; readonly name: string; readonly how: "create" | "update" | "delete" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "streams"; readonly how: "break" | "end" | "mute" | "corrupt" }
  | { readonly do: "compact" }
  | { readonly do: "fail"; readonly what: "list" | "watch"; readonly fault: Fault }
  | { readonly do: "fail for a while"; readonly what: "list" | "watch"; readonly fault: Fault; readonly ms: number }
  | { readonly do: "replay" }
  | { readonly do: "backup" }
  | { readonly do: "restore" };

const commonFaults: Fault[] = [
  { type: "break" },
  { type: "hang" },
  { type: "hang", ignoresSignal: true },
  { type: "html" },
  { type: "slow", ms: 2_000 },
  { type: "slow", ms: 45_000 },
  { type: "status", status: 400 },
  { type: "status", status: 403 },
  { type: "status", status: 404 },
  { type: "status", status: 410 },
  { type: "status", status: 429 },
  { type: "status", status: 429, retryAfterMs: 3_000 },
  { type: "status", status: 500 },
  { type: "status", status: 504 },
];
const listFaults = fc.constantFrom<Fault>(...commonFaults);
const watchFaults = fc.constantFrom<Fault>(...commonFaults, { type: "silent" }, { type: "ended" }, { type: "cut" });
const names = fc.constantFrom("a", "b", "c", "d", "e", "f");
const someFault = fc.oneof(
  fc.record({ what: fc.constant("list" as const), fault: listFaults }),
  fc.record({ what: fc.constant("watch" as const), fault: watchFaults }),
);
const writes = fc
  .tuple(names, fc.constantFrom("create" as const, "update" as const, "delete" as const))
  .map(([name, how]): Step => ({ do: "write", name, how }));
const waits = fc
  .oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 5_000, max: 200_000 }))
  .map((ms): Step => ({ do: "wait", ms }));
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: writes },
  { weight: 3, arbitrary: waits },
  { weight: 2, arbitrary: fc.constantFrom("break", "end", "mute", "corrupt").map((how): Step => ({ do: "streams", how: how as "break" })) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "compact" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "replay" }) },
  { weight: 2, arbitrary: someFault.map((fault): Step => ({ do: "fail", ...fault })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(someFault, fc.integer({ min: 100, max: 120_000 }))
      .map(([fault, ms]): Step => ({ do: "fail for a while", ...fault, ms })),
  },
);
const goingBack: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: steps },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "backup" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "restore" }) },
);

/** How the server is, for one plan. */
export interface Settings {
  readonly seed: number;
  readonly goneAs: "status" | "event" | "end";
  readonly useWatchList: boolean;
  readonly watchList: "supported" | "rejected" | "ignored";
  readonly bookmarkEveryMs: number;
  readonly pageSize: number;
}

export const settings: fc.Arbitrary<Settings> = fc.record({
  seed: fc.integer(),
  goneAs: fc.constantFrom("status", "event", "end"),
  useWatchList: fc.boolean(),
  watchList: fc.constantFrom("supported", "rejected", "ignored"),
  bookmarkEveryMs: fc.constantFrom(60_000, 0),
  pageSize: fc.constantFrom(2, 500),
});

/** After the last fault, everything must be well again within this. */
const QUIET_MS = 600_000;

/** Somebody else who listens to a lab's informer, and says at the end what was wrong with it. */
export type Listener = (lab: Lab) => { conclude(): Promise<string[]> };

/** Plays a plan, heals everything, and returns which invariants do not hold after that. */
export async function play(plan: readonly Step[], config: Settings, mayGoBack: boolean, listen?: Listener): Promise<string[]> {
  const lab = new Lab({ useWatchList: config.useWatchList, pageSize: config.pageSize, random: seeded(config.seed) });
  lab.server.goneAs = config.goneAs;
  lab.server.watchList = config.watchList;
  lab.server.bookmarkEveryMs = config.bookmarkEveryMs;
  lab.witness.mayGoBack = mayGoBack;
  lab.server.create("a");
  lab.server.create("b");
  await lab.start();
  const listener = listen?.(lab);
  let backup: Backup | undefined;
  for (const step of plan) {
    await perform(lab, step, backup);
    if (step.do === "backup") backup = lab.server.backup();
    if (step.do === "restore") backup = undefined;
  }
  lab.server.heal();
  await lab.advance(QUIET_MS);
  return [...((await listener?.conclude()) ?? []), ...(await lab.conclude())];
}

async function perform({ server, informer, clock }: Lab, step: Step, backup: Backup | undefined): Promise<void> {
  switch (step.do) {
    case "write":
      if (step.how === "create" ? !server.has(step.name) : server.has(step.name)) server[step.how](step.name);
      return;
    case "wait":
      return clock.advance(step.ms);
    case "streams":
      server[`${step.how}Streams`]();
      return;
    case "compact":
      return server.compact();
    case "fail":
      return server.failNext(step.what, step.fault);
    case "fail for a while":
      server.failAlways(step.what, step.fault);
      await clock.advance(step.ms);
      return server.failAlways(step.what, undefined);
    case "replay":
      for (const key of informer.lister.keys()) {
        const entry = informer.lister.entry(key);
        if (entry !== undefined) server.say({ type: "MODIFIED", entry });
      }
      return;
    case "backup":
      return;
    case "restore":
      if (backup === undefined) return;
      server.restore(backup);
      // A server that has caught up in version with another history is not to be told from one that merely went on: what is
      // promised is that going back is noticed before that.
      server.heal();
      return clock.advance(QUIET_MS);
  }
}

/** Plans of faults from which the copy must come back, and those in which the server goes back to an older state, too. */
export const plans: fc.Arbitrary<readonly Step[]> = fc.array(steps, { maxLength: 40 });
export const plansGoingBack: fc.Arbitrary<readonly Step[]> = fc.array(goingBack, { maxLength: 40 });
