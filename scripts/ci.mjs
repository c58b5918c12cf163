// Runs the README's test command, then the slower checks, each to its end even when an earlier one failed.
import { spawn } from "node:child_process";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const fresh = mkdtempSync(join(tmpdir(), "operatorkit-clone-"));
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** Runs a command, passing its output on; resolves with the exit code and the text. */
function run(command, args, { cwd = root, env = {}, limitMinutes }) {
  return new Promise((resolve) => {
    let text = "";
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const limit = setTimeout(() => {
      text += `\nci: not done after ${limitMinutes} minutes, killed\n`;
      process.kill(-child.pid, "SIGKILL");
    }, limitMinutes * 60_000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes) => {
        text += bytes;
        process.stdout.write(bytes);
      });
    }
    child.on("error", (error) => {
      clearTimeout(limit);
      resolve({ code: 1, text: `${text}\n${error.message}` });
    });
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ code: code ?? 1, text });
    });
  });
}

/** The sum of what vitest says per package: `Tests  3 failed | 4 passed | 1 skipped (8)`. */
function vitestCounts(text) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // oxlint-disable-next-line no-control-regex -- colours are control characters
  for (const [, line] of text.replace(/\u001b\[[0-9;]*m/g, "").matchAll(/^.*\bTests\s+(.*)$/gm)) {
    for (const [, n, what] of line.matchAll(/(\d+) (passed|failed|skipped|todo)/g)) counts[what === "todo" ? "skipped" : what] += Number(n);
  }
  return counts;
}

/** The last `N passed, N failed` line of one of our own scripts. */
function closingCounts(text) {
  const last = [...text.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)].at(-1);
  return last === undefined
    ? { passed: 0, failed: 0, skipped: 0 }
    : { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}

const once = () => ({ passed: 1, failed: 0, skipped: 0 });

const steps = [
  { name: "npm test", command: "npm", args: ["test"], count: vitestCounts, limitMinutes: 15 },
  { name: "check", command: "node", args: ["scripts/check.mjs"], count: closingCounts, limitMinutes: 5 },
  {
    name: "object-scan is compiled from its source",
    command: "node",
    args: ["packages/client/assembly/build.mjs", "--check"],
    count: once,
    limitMinutes: 5,
  },
  { name: "snippets", command: "node", args: ["scripts/snippets.mjs"], count: once, limitMinutes: 5 },
  { name: "pack-alone", command: "node", args: ["scripts/pack-alone.mjs"], count: closingCounts, limitMinutes: 15 },
  {
    name: "npm start -- --until-ready, fresh clone",
    command: "npm",
    args: ["start", "--", "--until-ready"],
    cwd: fresh,
    count: once,
    limitMinutes: 5,
  },
  {
    name: "npm start stops on SIGTERM and Ctrl-C",
    command: "node",
    args: [join(root, "scripts", "start-stops.mjs"), fresh],
    count: once,
    limitMinutes: 3,
  },
  {
    name: "conformance",
    command: "npx",
    args: ["--yes", packageManager, "conformance", "--require-real"],
    count: closingCounts,
    limitMinutes: 20,
  },
];

execFileSync("git", ["clone", "--quiet", root, fresh]);
const wanted = process.argv.slice(2);
try {
  for (const { name, command, args, cwd, count, limitMinutes } of steps) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
    console.log(`\nci: ── ${name}`);
    const started = Date.now();
    const { code, text } = await run(command, args, { cwd, limitMinutes });
    const counts = count(text);
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    if (code !== 0 && count === once) counts.passed = 0;
    // A step that says it passed must have run something.
    if (code === 0 && counts.passed === 0) counts.failed += 1;
    for (const key of Object.keys(totals)) totals[key] += counts[key];
    if (code !== 0 || counts.failed > 0) failures.push(name);
    console.log(
      `ci: ${name}: exit ${code}, ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${((Date.now() - started) / 1000).toFixed(0)} s`,
    );
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
if (failures.length > 0) console.log(`\nci: failed: ${failures.join("; ")}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(failures.length === 0 ? 0 : 1);
