// Runs every suite against our server and against a real kube-apiserver, and compares.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { knownDifferences } from "./known-differences.ts";
import { startOurTarget } from "./our-target.ts";
import { RealCluster } from "./real-server/real-cluster.ts";
import { startRealTarget } from "./real-target.ts";
import { Results } from "./results.ts";
import { scorecard } from "./scorecard.ts";
import type { Suite } from "./suite.ts";
import { suites } from "./suites.ts";
import { counts, summary, told } from "./summary.ts";
import type { Target, TargetName } from "./target.ts";

const USAGE = `usage: pnpm conformance [--target ours|real] [--only <part of a name>] [--require-real] [--full]

  --target        run against one server only; both when left out
  --only          run the suites and checks whose names contain this
  --require-real  fail when a real kube-apiserver cannot be had (always so where CI is set)
  --full          also what takes too long for every change: all fault scenarios and seeds;
                  it writes results/scorecard-<target>.md`;

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    only: { type: "string" },
    "require-real": { type: "boolean" },
    full: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help === true) {
  console.log(USAGE);
} else if (values.target !== undefined && values.target !== "ours" && values.target !== "real") {
  console.error(`--target is ours or real, not ${values.target}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  process.exitCode = await main(values.target === undefined ? ["real", "ours"] : [values.target]);
}

async function main(targets: readonly TargetName[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  const results = new Results({ knownDifferences });
  for (const name of targets) {
    await runTarget(name, results, stop.signal);
    // A run that was stopped says nothing about what it did not come to.
    if (values.full === true && values.only === undefined && !stop.signal.aborted) writeScorecard(name, results);
  }
  for (const { target, what, figure } of results.measures) console.log(`${target}: ${what}: ${figure}`);
  console.log(summary(results.all));
  if (results.all.every((result) => result.outcome === "skipped") && values.only !== undefined) {
    console.error(`no check has ${JSON.stringify(values.only)} in its name`);
    return 1;
  }
  return results.count("failed") === 0 && !stop.signal.aborted ? 0 : 1;
}

function writeScorecard(target: TargetName, results: Results): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const path = new URL(`../results/scorecard-${target}.md`, import.meta.url);
  writeFileSync(path, scorecard(target, results, { commit, date: new Date().toISOString().slice(0, 10) }));
}

async function runTarget(name: TargetName, results: Results, signal: AbortSignal): Promise<void> {
  if (name === "real") {
    const availability = RealCluster.available();
    if (!availability.available) {
      const report = results.reportFor("real", "start");
      if (values["require-real"] === true || (process.env["CI"] ?? "") !== "")
        report.failed("a real kube-apiserver", availability.reason, 0);
      else report.skipped("a real kube-apiserver", availability.reason);
      return;
    }
  }
  try {
    await using target =
      name === "ours" ? await startOurTarget() : await startRealTarget({ signal, onProgress: (line) => console.log(line) });
    for (const suite of suites) await runSuite(suite, target, results, signal);
  } catch (error) {
    results.reportFor(name, "start").failed("the server starts", error, 0);
  }
}

async function runSuite(suite: Suite, target: Target, results: Results, signal: AbortSignal): Promise<void> {
  const report = results.reportFor(target.name, suite.name);
  const { only } = values;
  const isWanted = (check: string): boolean => only === undefined || check.includes(only) || suite.name.includes(only);
  const before = results.all.length;
  const started = performance.now();
  try {
    await suite.run(target, report, { signal, isWanted, isFull: values.full === true });
  } catch (error) {
    report.failed(`the suite ${suite.name} runs`, error, performance.now() - started);
  }
  const own = results.all.slice(before);
  for (const failure of own.filter(({ outcome }) => outcome === "failed")) console.log(told(failure).join("\n"));
  if (own.length > 0) console.log(`${target.name} ${suite.name}: ${counts(own)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
