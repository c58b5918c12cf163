import { connect } from "@operatorkit/client";
import { ConfigMap } from "@operatorkit/object/kinds";
import { sleep } from "@operatorkit/observe";
import { describe, expect, it, vi } from "vitest";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Seen, Subject } from "./subject.ts";
import type { FrontName } from "./world.ts";

interface Flaws {
  /** Between two lists. */
  readonly everyMs: number;
  /** What becomes of what was listed, before it is kept and told. */
  readonly distort?: (listed: readonly Seen[], turn: number) => readonly Seen[];
  readonly isStrict?: boolean;
  /** Time for a few requests more than allowed. */
  readonly isSpinning?: boolean;
  /** Tells each object at every list. */
  readonly repeats?: boolean;
}

/** A client that lists over and over: right, but for the flaws it is given. */
function flawed({ everyMs, distort = (listed) => listed, isStrict = false, repeats = false }: Flaws): Subject {
  return {
    name: "flawed",
    version: "1",
    setting: "Lists over and over",
    parallel: 1,
    isStrict,
    async start({ url, caPem, token, told }) {
      const client = await connect({ server: url, ...(caPem !== undefined && { caPem }), ...(token !== undefined && { token }) });
      const stop = new AbortController();
      let copy = new Map<string, Seen>();
      const look = async (turn: number): Promise<void> => {
        const { entries } = await client.listWatch(ConfigMap, { namespace: "default" }).list({ signal: stop.signal });
        const listed = entries.map(({ key, uid, resourceVersion }) => ({
          name: key.replace("default/", ""),
          uid,
          version: resourceVersion,
        }));
        const next = new Map(distort(listed, turn).map((seen) => [seen.name, seen]));
        for (const [name, seen] of copy) if (next.get(name)?.uid !== seen.uid) void told.deleted(seen);
        for (const [name, seen] of next) {
          const known = copy.get(name);
          if (known?.uid !== seen.uid) void told.added(seen);
          else if (repeats || known.version !== seen.version) void told.updated(seen);
        }
        copy = next;
      };
      const running = (async () => {
        for (let turn = 0; !stop.signal.aborted; turn += 1) {
          await look(turn).catch(() => {});
          await sleep(everyMs, { signal: stop.signal }).catch(() => {});
        }
      })();
      return {
        cache: () => copy,
        async stop() {
          stop.abort();
          await running;
          await client.close();
        },
      };
    },
  };
}

const scenario = ({ isSpinning = false }: Flaws, front?: FrontName): Scenario => ({
  id: "P4",
  name: "a change",
  ...(front !== undefined && { front }),
  async run(world) {
    await world.put("a", "1");
    await world.remove("b");
    if (isSpinning) await vi.waitFor(() => expect(world.requests).toBeGreaterThan(25), { timeout: 9_000 });
    else await world.wait(400);
  },
});

const problemsOf = async (flaws: Flaws, front?: FrontName): Promise<readonly string[]> =>
  (await runScenario(flawed(flaws), scenario(flaws, front), new AbortController().signal)).problems;

describe("a scenario", () => {
  it("is survived by a client that is right", async () => {
    expect(await problemsOf({ everyMs: 150, isStrict: true })).toEqual([]);
  });

  it.each<[string, FrontName | undefined]>([
    ["", undefined],
    [" (HTTP/1.1 by hand)", "raw"],
    [" (HTTP/2)", "h2"],
    [" (a wire to be cut)", "proxy"],
  ])("is not survived by one that is right and spins%s", async (_, front) => {
    expect(await problemsOf({ everyMs: 5, isSpinning: true }, front)).toEqual([expect.stringMatching(/^\d+ requests within 10 s$/)]);
  });

  it.each<[string, Flaws, string]>([
    [
      "keeps what is gone",
      {
        everyMs: 150,
        distort: (listed) => [...listed, ...(listed.some(({ name }) => name === "b") ? [] : [{ name: "b", uid: "b", version: "1" }])],
      },
      "copy: b is a ghost",
    ],
    [
      "makes versions up",
      { everyMs: 150, distort: (listed) => listed.map((seen) => ({ ...seen, version: `${seen.version}0` })) },
      "never was",
    ],
    [
      "goes back for a moment",
      {
        everyMs: 150,
        distort: (() => {
          let first: readonly Seen[] = [];
          return (listed: readonly Seen[], turn: number): readonly Seen[] => {
            if (turn === 0) first = listed;
            return turn % 2 === 0 ? first : listed;
          };
        })(),
      },
      "went back",
    ],
    ["tells what did not change, though it promised not to", { everyMs: 150, repeats: true, isStrict: true }, "told twice"],
  ])("is not survived by one that %s", async (_, flaws, problem) => {
    expect(await problemsOf(flaws)).toContainEqual(expect.stringContaining(problem));
  });
});
