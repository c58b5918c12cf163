import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ProcessGroup } from "./process-group.ts";

const source = fileURLToPath(new URL("process-group.ts", import.meta.url));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A dead process that its new parent has not waited for yet (a container may have no init) still takes signals.
    return !(existsSync("/proc/self/stat") && readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) await wait(20);
  expect(condition()).toBe(true);
}

describe("ProcessGroup", () => {
  it("kills its processes and removes its folder when closed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "operatorkit-group-"));
    const group = new ProcessGroup({ folder });
    const child = group.start("/bin/sleep", ["600"], join(folder, "log"));
    await group.close();
    expect(child.signalCode).toBe("SIGKILL");
    expect(existsSync(folder)).toBe(false);
  });

  it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("does so when its owner dies of %s", async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "operatorkit-group-"));
    const script = `
      const { ProcessGroup } = await import(${JSON.stringify(source)});
      const group = new ProcessGroup({ folder: ${JSON.stringify(folder)} });
      console.log(group.start("/bin/sleep", ["600"], ${JSON.stringify(join(folder, "log"))}).pid);
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => owner.stdout.once("data", (text: Buffer) => resolve(Number(text.toString()))));
    expect(isRunning(pid)).toBe(true);
    const ended = new Promise((resolve) => owner.once("close", resolve));
    owner.kill(signal);
    await ended;
    await until(() => !isRunning(pid) && !existsSync(folder));
  });
});
