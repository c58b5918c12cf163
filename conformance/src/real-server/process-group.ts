import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/**
 * Processes and one folder that end with this process, whatever ends it. A small shell holds a pipe from us: when the pipe closes
 * (we exited, crashed, or were killed), it kills the processes and removes the folder.
 */
export class ProcessGroup {
  readonly #folder: string;
  readonly #reaper: ChildProcess;
  readonly #children: ChildProcess[] = [];

  constructor(options: { readonly folder: string }) {
    this.#folder = options.folder;
    const script =
      'pids=""; while read -r pid; do case "$pid" in done) pids="";; *) pids="$pids -$pid";; esac; done; [ -n "$pids" ] && kill -s KILL -- $pids 2>/dev/null; rm -rf "$1"';
    this.#reaper = spawn("/bin/sh", ["-c", script, "reaper", this.#folder], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    this.#reaper.unref();
    // The pipe may already be gone when the shell was killed from outside; there is nobody left to tell.
    this.#reaper.stdin?.on("error", () => undefined);
  }

  /** Starts a program in a process group of its own, with its output in a file; `isTalking`: one of Node's, which sends messages and gets them. */
  start(program: string, args: readonly string[], logPath: string, { isTalking = false } = {}): ChildProcess {
    const log = openSync(logPath, "a");
    try {
      const child = spawn(program, args, {
        cwd: this.#folder,
        detached: true,
        stdio: ["ignore", log, log, ...(isTalking ? ["ipc" as const] : [])],
      });
      child.once("error", () => undefined);
      if (child.pid !== undefined) this.#reaper.stdin?.write(`${child.pid}\n`);
      this.#children.push(child);
      return child;
    } finally {
      closeSync(log);
    }
  }

  /** Kills what was started and removes the folder. Resolves when both are gone. */
  async close(): Promise<void> {
    await Promise.all(this.#children.map(async (child) => kill(child)));
    const gone = new Promise<void>((resolve) => {
      this.#reaper.once("close", () => resolve());
    });
    this.#reaper.ref();
    this.#reaper.stdin?.end("done\n");
    await gone;
  }
}

function kill(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      resolve();
    }
  });
}
