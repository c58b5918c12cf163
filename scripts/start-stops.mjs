// `npm start` ends within five seconds of a SIGTERM to npm's process alone: no child left, the port free.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";

const LIMIT_MS = 5_000;
const cwd = process.argv[2] ?? process.cwd();
const npm = spawn("npm", ["start"], { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
let text = "";
for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (bytes) => (text += bytes));

function fail(why) {
  console.error(`start-stops: ${why}\n${text}`);
  try {
    process.kill(-npm.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
  process.exit(1);
}

/** The processes of npm's process group that still live. */
function group() {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state !== "Z" && Number(pgrp) === npm.pid;
    } catch {
      return false;
    }
  });
}

const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.destroy() !== undefined));
    socket.on("error", () => resolve(false));
  });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const deadline = Date.now() + 120_000;
let port;
while (port === undefined || !/Ready/.test(text)) {
  if (Date.now() > deadline) fail("npm start showed no server and no Ready object within 120 s");
  if (npm.exitCode !== null) fail(`npm start ended by itself with ${npm.exitCode}`);
  port ??= /https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
  await pause(100);
}
if (!(await isOpen(Number(port)))) fail(`port ${port} is not open while npm start runs`);

const started = Date.now();
process.kill(npm.pid, "SIGTERM");
while (group().length > 0 || (await isOpen(Number(port)))) {
  if (Date.now() - started > LIMIT_MS)
    fail(
      `${LIMIT_MS} ms after SIGTERM still there: processes ${group().join(", ") || "none"}; port ${port} ${(await isOpen(Number(port))) ? "open" : "free"}`,
    );
  await pause(25);
}
console.log(`start-stops: all gone ${Date.now() - started} ms after SIGTERM`);
