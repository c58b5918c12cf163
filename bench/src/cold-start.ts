// How long a newcomer waits: `npm start -- --until-ready` in a fresh clone, from nothing to the story's end, with empty
// package caches and with full ones. Usage: node src/cold-start.ts [rounds]
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sample } from "./run-child.ts";
import { printTable, roundsFrom, summarize, surroundings, writeResult } from "./summary.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = roundsFrom(process.argv, 3);
const samples: Record<"empty caches" | "full caches", Sample[]> = { "empty caches": [], "full caches": [] };

for (let round = 0; round < rounds; round += 1) {
  const caches = mkdtempSync(join(tmpdir(), "operatorkit-caches-"));
  try {
    samples["empty caches"].push(await startFresh(caches));
    samples["full caches"].push(await startFresh(caches));
  } finally {
    rmSync(caches, { recursive: true, force: true });
  }
}

const results = Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, summarize(all)]));
printTable(results, ["totalS", "installS", "buildS", "storyS"]);
writeResult("cold-start", { surroundings: surroundings([]), rounds, results, samples });

/** One clone, started from nothing; what the run says of its own parts is taken from what it prints. */
async function startFresh(caches: string): Promise<Sample> {
  const clone = mkdtempSync(join(tmpdir(), "operatorkit-start-"));
  try {
    execFileSync("git", ["clone", "--quiet", root, clone]);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      // The host's Node, as a newcomer has it: not the one this repository brings along.
      PATH: (process.env["PATH"] ?? "")
        .split(":")
        .filter((folder) => !folder.includes("node_modules"))
        .join(":"),
      npm_config_cache: join(caches, "npm"),
      XDG_DATA_HOME: join(caches, "data"),
      XDG_CACHE_HOME: join(caches, "cache"),
      XDG_STATE_HOME: join(caches, "state"),
    };
    const started = performance.now();
    const text = await run("npm", ["start", "--", "--until-ready"], clone, env);
    const secondsIn = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
    return {
      totalS: (performance.now() - started) / 1000,
      installS: secondsIn(/install the toolchain: done in ([\d.]+) s/),
      buildS: secondsIn(/build the sample operator: done in ([\d.]+) s/),
      storyS: secondsIn(/in all\s+([\d.]+) s/),
    };
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (text += bytes.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`${command} ${args.join(" ")}: exit ${code}\n${text}`))));
  });
}
