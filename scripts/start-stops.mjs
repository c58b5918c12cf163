// `npm start` ends within five seconds of a SIGTERM to npm's process alone, and of a terminal's Ctrl-C, which every process of the group
// gets and npm then passes on: no child left, the port free.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";

const LIMIT_MS = 5_000;
const cwd = process.argv[2] ?? process.cwd();

/** The processes of a process group that still live. */
function group(leader) {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state !== "Z" && Number(pgrp) === leader;
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

async function stops(what, kill) {
  const npm = spawn("npm", ["start"], { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let text = "";
  for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (bytes) => (text += bytes));

  function fail(why) {
    console.error(`start-stops: ${what}: ${why}\n${text}`);
    try {
      process.kill(-npm.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
    process.exit(1);
  }

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
  kill(npm.pid);
  while (group(npm.pid).length > 0 || (await isOpen(Number(port)))) {
    if (Date.now() - started > LIMIT_MS)
      fail(
        `still there after ${LIMIT_MS} ms: processes ${group(npm.pid).join(", ") || "none"}; port ${port} ${(await isOpen(Number(port))) ? "open" : "free"}`,
      );
    await pause(25);
  }
  console.log(`start-stops: all gone ${Date.now() - started} ms after ${what}`);
}

await stops("a SIGTERM to npm alone", (pid) => process.kill(pid, "SIGTERM"));
await stops("Ctrl-C", (pid) => process.kill(-pid, "SIGINT"));
