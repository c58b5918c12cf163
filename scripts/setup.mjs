// What `npm start` and `npm test` run first, under whatever Node the machine has: install the toolchain, build, and say so.
// Plain JavaScript without dependencies, because nothing is installed yet.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_HOST = 20;
const OLDEST_RUNTIME = [22, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mode = process.argv[2] ?? "start";
const verbose = process.argv.includes("--verbose");

function fail(sentence) {
  process.stderr.write(`operatorkit: ${sentence}\n`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < OLDEST_HOST)
  fail(`this is Node ${process.versions.node}; operatorkit needs Node ${OLDEST_HOST} or newer: install it and run the command again.`);

/** Stops when the terminal or npm does: npm's shell dies on SIGTERM without telling its children. */
let child;
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stop("SIGTERM"), 250).unref();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));

function stop(signal) {
  if (child?.pid !== undefined) {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
  process.exit(signal === "SIGINT" ? 130 : 143);
}

/** Runs pnpm. Quiet unless it fails or takes long: then a line every ten seconds. */
function pnpm(what, args, { show = false } = {}) {
  return new Promise((resolve) => {
    const started = Date.now();
    const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
    const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    if (!show) process.stdout.write(`operatorkit: ${what} …\n`);
    child = spawn("npx", ["--yes", packageManager, ...args], {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      // npm hands its own settings down as npm_config_*; pnpm reads some of them differently.
      env: Object.fromEntries(
        Object.entries({ ...process.env, TURBO_TELEMETRY_DISABLED: "1", NO_UPDATE_NOTIFIER: "1" }).filter(
          ([name]) => !/^npm_(config|package|lifecycle)/.test(name) || /registry|cafile|proxy|userconfig|globalconfig|cache/i.test(name),
        ),
      ),
    });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes) => {
        output.push(bytes);
        if (show || verbose) process.stdout.write(bytes);
      });
    }
    const beat = setInterval(() => !show && process.stdout.write(`operatorkit: ${what} … ${seconds()} s\n`), 10_000);
    child.on("error", (error) => {
      clearInterval(beat);
      fail(`cannot run npx to ${what}: ${error.message}. Is npm installed and on the PATH?`);
    });
    child.on("close", (code, signal) => {
      clearInterval(beat);
      if (code !== 0 && !show && !verbose) process.stderr.write(Buffer.concat(output));
      if (code === 0 && !show) process.stdout.write(`operatorkit: ${what}: done in ${seconds()} s\n`);
      resolve(code ?? (signal === null ? 1 : 128));
    });
  });
}

/** Installing is skipped while the lock file, the manifests and the Node version are what they were. */
const stampFile = join(root, "node_modules", ".operatorkit-installed");
const stamp = createHash("sha256");
for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"]) stamp.update(readFileSync(join(root, file)));
const wanted = stamp.update(process.version).digest("hex");
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== wanted) {
  const code = await pnpm("install the toolchain", ["install", "--frozen-lockfile"]);
  if (code !== 0) fail("the toolchain could not be installed (the output above says why). Is the npm registry reachable?");
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

const bundled = existsSync(join(root, "node_modules", ".bin", "node"));
const tooOld = major < OLDEST_RUNTIME[0] || (major === OLDEST_RUNTIME[0] && minor < OLDEST_RUNTIME[1]);
if (!bundled && tooOld) {
  fail(
    `no Node ${OLDEST_RUNTIME.join(".")} or newer comes with the toolchain on ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: install a newer Node.`,
  );
}

if (mode === "start") {
  const code = await pnpm("build the sample operator", [
    "exec",
    "turbo",
    "run",
    "build",
    "--filter=@operatorkit/sample-operator...",
    "--output-logs=errors-only",
  ]);
  if (code !== 0) fail("the build failed (the output above says why).");
} else if (mode === "test") {
  const code = await pnpm(
    "build and test",
    ["exec", "turbo", "run", "build", "test", "--output-logs=full", `--concurrency=${Math.max(2, availableParallelism())}`],
    { show: true },
  );
  process.exit(code);
} else {
  fail(`setup.mjs knows "start" and "test", not ${JSON.stringify(mode)}.`);
}
