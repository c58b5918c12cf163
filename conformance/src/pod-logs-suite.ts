import assert from "node:assert/strict";
import { ApiServer } from "@operatorkit/apiserver";
import { connect, type KubernetesClient } from "@operatorkit/client";
import { Pod } from "@operatorkit/object/kinds";
import type { Suite } from "./suite.ts";

const POD = { name: "p", namespace: "default" };

interface LogCase {
  readonly name: string;
  run(client: KubernetesClient, server: ApiServer): Promise<void>;
}

async function linesOf(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

const setPhase = (client: KubernetesClient, phase: string): Promise<unknown> =>
  client.patch(Pod, POD, { type: "merge", body: { status: { phase } } }, { subresource: "status" });

const cases: readonly LogCase[] = [
  {
    name: "a log is read line by line, and which part of it can be said",
    async run(client, server) {
      for (const line of ["one", "zwei ✓", "three"]) server.podLogs.append(POD, line);
      assert.deepEqual(await linesOf(client.logs(POD)), ["one", "zwei ✓", "three"]);
      assert.deepEqual(await linesOf(client.logs(POD, { tailLines: 2 })), ["zwei ✓", "three"]);
      assert.deepEqual(await linesOf(client.logs(POD, { limitBytes: 5 })), ["one", "z"]);
      assert.match((await linesOf(client.logs(POD, { timestamps: true, tailLines: 1 })))[0] ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z three$/);
    },
  },
  {
    name: "a log is followed until its pod ends",
    async run(client, server) {
      const seen: string[] = [];
      server.podLogs.append(POD, "0");
      for await (const line of client.logs(POD, { follow: true })) {
        seen.push(line);
        if (line === "3") await setPhase(client, "Succeeded");
        else server.podLogs.append(POD, String(Number(line) + 1));
      }
      assert.deepEqual(seen, ["0", "1", "2", "3"]);
    },
  },
  {
    name: "who leaves a followed log, or aborts it, stops it",
    async run(client, server) {
      server.podLogs.append(POD, "one");
      for await (const _line of client.logs(POD, { follow: true })) break;
      const stop = new AbortController();
      await assert.rejects(async () => {
        for await (const _line of client.logs(POD, { follow: true, signal: stop.signal })) stop.abort(new Error("enough"));
      }, /enough/);
    },
  },
  {
    name: "a crash is read from the run before",
    async run(client, server) {
      server.podLogs.append(POD, "panic");
      server.podLogs.restart(POD);
      server.podLogs.append(POD, "up again");
      assert.deepEqual(await linesOf(client.logs(POD, { previous: true })), ["panic"]);
      assert.deepEqual(await linesOf(client.logs(POD)), ["up again"]);
    },
  },
  {
    name: "what cannot be read is an error that says why",
    async run(client) {
      await assert.rejects(linesOf(client.logs({ ...POD, name: "q" })), { code: "NotFound" });
      await assert.rejects(linesOf(client.logs(POD, { container: "nope" })), {
        code: "BadRequest",
        message: /container nope is not valid for pod p/,
      });
      await assert.rejects(linesOf(client.logs(POD, { previous: true })), {
        message: /previous terminated container "main" in pod "p" not found/,
      });
    },
  },
];

/** The client's `logs` on a server that has lines; the real target has no kubelet, and so none. */
export const podLogsSuite: Suite = {
  name: "pod logs",
  async run(target, report, { signal, isWanted }) {
    if (target.name !== "ours") return;
    for (const { name, run } of cases) {
      if (!isWanted(name)) continue;
      signal.throwIfAborted();
      const started = performance.now();
      try {
        await using server = await ApiServer.start();
        await using client = await connect({ server: server.url, token: server.token, caPem: server.caPem ?? "" });
        await client.create({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { ...POD },
          spec: { nodeName: "node", containers: [{ name: "main", image: "a" }] },
        });
        await run(client, server);
        report.passed(name, performance.now() - started);
      } catch (error) {
        report.failed(name, error, performance.now() - started);
      }
    }
  },
};
