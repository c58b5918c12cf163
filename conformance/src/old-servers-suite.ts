import { OldServer } from "./old-servers/old-server.ts";
import { oldServerCases } from "./old-servers/old-server-cases.ts";
import type { Suite } from "./suite.ts";

/**
 * Registering custom resources on Kubernetes 1.5 to 1.36. Ours alone: the old servers cannot be had any more (they need etcd 2 and 3.1, and Go
 * of their time), so ours is held to their sources and documents, and the client to ours.
 */
export const oldServersSuite: Suite = {
  name: "old servers",
  async run(target, report, { signal, isWanted }) {
    if (target.name !== "ours") return;
    for (const { name, releases, run } of oldServerCases) {
      for (const release of releases) {
        const check = `${release}: ${name}`;
        if (!isWanted(check)) continue;
        signal.throwIfAborted();
        const started = performance.now();
        try {
          await using old = await OldServer.start(release);
          await run(old, release);
          report.passed(check, performance.now() - started);
        } catch (error) {
          report.failed(check, error, performance.now() - started);
        }
      }
    }
  },
};
