import { runProgram } from "./run-program.ts";
import type { Suite } from "./suite.ts";

const RUNS = 10_000;
const CHECK = `the informer survives ${RUNS.toLocaleString("en")} random sequences of faults, and as many in which the server goes back`;

/**
 * The informer's property tests, many times over: each run is a sequence of faults in virtual time. What fails is shrunk and printed as a plan
 * for `packages/informer/src/testing/known-plans.ts`, with the seed that finds it again. With `--full`; `pnpm test` does a few.
 */
export const propertySuite: Suite = {
  name: "properties",
  async run(target, report, { signal, isWanted, isFull }) {
    if (target.name !== "ours" || !isFull || !isWanted(CHECK)) return;
    const seed = process.env["INFORMER_FUZZ_SEED"] ?? String(Math.floor(Math.random() * 2 ** 31));
    const started = performance.now();
    const folder = new URL("../../packages/informer/", import.meta.url).pathname;
    const { code, stdout, stderr } = await runProgram(
      process.execPath,
      [
        new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname,
        "run",
        "--root",
        folder,
        "src/informer-random-faults.test.ts",
      ],
      { signal, timeoutMs: 900_000, env: { INFORMER_FUZZ_RUNS: String(RUNS), INFORMER_FUZZ_SEED: seed, NO_COLOR: "1" } },
    );
    const durationMs = performance.now() - started;
    if (code === 0) report.passed(CHECK, durationMs);
    else report.failed(CHECK, new Error(`seed ${seed}\n${stdout.slice(-4_000)}${stderr.slice(-2_000)}`), durationMs);
    report.measured("random fault sequences against the informer", `2 × ${RUNS}, seed ${seed}; ${(durationMs / 1000).toFixed(0)} s`);
  },
};
