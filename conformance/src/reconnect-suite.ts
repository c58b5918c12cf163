import { reconnectCases } from "./reconnects/reconnect-cases.ts";
import { reconnectProblems, type ReconnectReport } from "./reconnects/reconnect-report.ts";
import { runProgram } from "./run-program.ts";
import type { Suite } from "./suite.ts";

/** What may stay behind each time, when it is done so often that V8's own coming and going does not count. */
const MOST_BYTES = 100;
/** In the quick run, which finds whole objects, sockets and timers that stay. */
const MOST_BYTES_QUICK = 2_500;

/** Reconnects, restarts and subscriptions, done so often that what each leaves behind shows; each case in a process of its own. */
export const reconnectSuite: Suite = {
  name: "reconnects",
  async run(target, report, { signal, isWanted, isFull }) {
    // The real server cannot be told to break its connections.
    if (target.name !== "ours") return;
    for (const { name, of, full, quick } of reconnectCases) {
      const check = `nothing stays behind each ${of}`;
      if (!isWanted(check)) continue;
      const started = performance.now();
      const count = isFull ? full : quick;
      const main = new URL("reconnects/main.ts", import.meta.url).pathname;
      const { code, stdout, stderr } = await runProgram(process.execPath, ["--conditions=source", main, name, String(count)], {
        signal,
        timeoutMs: 900_000,
      });
      const durationMs = performance.now() - started;
      if (code !== 0) {
        report.failed(check, new Error(`the case ended with ${code}: ${stderr.slice(-2_000)}`), durationMs);
        continue;
      }
      const result = JSON.parse(stdout) as ReconnectReport;
      const problems = reconnectProblems(result, isFull ? MOST_BYTES : MOST_BYTES_QUICK);
      if (problems.length > 0) report.failed(check, new Error(problems.join("\n")), durationMs);
      else report.passed(check, durationMs);
      const { bytesEach } = result;
      report.measured(of, `${bytesEach.toFixed(0)} bytes each over ${result.count}, no handles; ${(durationMs / 1000).toFixed(0)} s`);
    }
  },
};
