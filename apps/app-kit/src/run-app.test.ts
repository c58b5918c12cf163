import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { connect, defineKind, silentLogger, type KubernetesClient } from "operatorkit";
import { ApiServer } from "operatorkit/devcluster";
import { CustomResourceDefinition, Namespace } from "operatorkit/kinds";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { App, AppContext } from "./app.ts";
import { parseAppOptions } from "./app-options.ts";
import { runApp } from "./run-app.ts";

const Toy = defineKind({
  group: "example.com",
  version: "v1",
  kind: "Toy",
  spec: { type: "object", properties: { size: { type: "integer" } } },
});

let folder: string;
let kubeconfig: string;
let server: ApiServer;
let admin: KubernetesClient;
let app: App;
/** What the app was run with, and what was printed. */
let seen: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "app-kit-"));
  kubeconfig = join(folder, "kubeconfig");
  server = await ApiServer.start();
  await server.writeKubeconfig(kubeconfig);
  admin = await connect({ transport: server.transport() });
  const samples = join(folder, "samples.yaml");
  const toy = (name: string) => `apiVersion: example.com/v1\nkind: Toy\nmetadata: { name: ${name}, namespace: toys }\nspec: { size: 1 }\n`;
  await writeFile(samples, `${toy("one")}---\n${toy("two")}`);
  app = {
    name: "toy-operator",
    command: "toys",
    summary: "plays",
    kinds: [Toy],
    samples: pathToFileURL(samples),
    run: untilStopped("run"),
    view: untilStopped("view"),
    story: async ({ print }) => print("told"),
  };
});
afterAll(async () => {
  await admin.close();
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  seen = [];
});

function untilStopped(name: string): (context: AppContext) => Promise<void> {
  return ({ signal }) =>
    new Promise((resolve) => {
      seen.push(name);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
}

async function run(args: readonly string[], isDone: () => boolean | Promise<boolean> = () => false): Promise<void> {
  const stop = new AbortController();
  const print = (line: string): void => void seen.push(line);
  const running = runApp(app, parseAppOptions(args, app), { signal: stop.signal, logger: silentLogger, print });
  const done = (async () => {
    while (!stop.signal.aborted && !(await isDone())) await new Promise((resolve) => setImmediate(resolve));
  })();
  await Promise.race([running, done]);
  stop.abort();
  await Promise.all([running, done]);
}

const isThere = async (name: string): Promise<boolean> => {
  const all = await admin.list(Toy, { namespace: "toys" }).toArray();
  return all.some(({ metadata }) => metadata.name === name);
};

it("creates nothing in a cluster that is not its own, and says so", async () => {
  const before = server.resourceVersion;
  await run(["--kubeconfig", kubeconfig], () => seen.includes("view"));
  expect(seen).toEqual([
    expect.stringMatching(/^Connected to Kubernetes v1\./),
    "The CRD is not installed for you; add --install-crds to have it created.",
    "run",
    "view",
  ]);
  expect(server.resourceVersion).toBe(before);
});

it("installs the CRD there when asked, and applies the samples when asked, in namespaces that it makes for them", async () => {
  await run(["--kubeconfig", kubeconfig, "--install-crds"], () => seen.includes("view"));
  expect(await isThere("one")).toBe(false);
  await run(["--kubeconfig", kubeconfig, "--apply-samples"], () => isThere("two"));
  expect(await isThere("one")).toBe(true);
  expect(seen).not.toContain("The CRD is not installed for you; add --install-crds to have it created.");
  await admin.get(Namespace, { name: "toys" });
  await admin.get(CustomResourceDefinition, { name: "toys.example.com" });
});

it("ends when its story is told, without the view and the samples", async () => {
  await run(["--kubeconfig", kubeconfig, "--install-crds", "--apply-samples", "--until-ready"]);
  expect(seen.slice(1)).toEqual(["run", "told"]);
});
