import { afterAll, expect } from "vitest";

/** Resources that a test file may not leave behind: what would keep a user's process alive. */
const LEAKS = new Set(["TCPSocketWrap", "TCPServerWrap", "PipeWrap", "Timeout", "Immediate", "FSEventWrap", "StatWatcher"]);

// Opened by who reads them first, an import of node:process even, and nobody's leak.
void [process.stdin, process.stdout, process.stderr];
const before = count();

function count(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const resource of process.getActiveResourcesInfo()) {
    if (LEAKS.has(resource)) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  }
  return counts;
}

function left(): string[] {
  return [...count()].filter(([resource, n]) => n > (before.get(resource) ?? 0)).map(([resource, n]) => `${n} × ${resource}`);
}

afterAll(async () => {
  // A closed socket needs a few turns of the event loop until its handle is gone.
  for (let turn = 0; turn < 500 && left().length > 0; turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(left(), "resources left behind by this test file").toEqual([]);
});
