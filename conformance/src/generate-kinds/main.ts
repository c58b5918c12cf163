// Writes the built-in kinds of `object` and `schema` from what a running kube-apiserver says of itself.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { definitionsFiles } from "./definitions-files.ts";
import { kindsFiles } from "./kinds-files.ts";
import { describeServer, type ServerDescription } from "./server-description.ts";
import { RealCluster } from "../real-server/real-cluster.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values } = parseArgs({ options: { kubeconfig: { type: "string" } } });
const server = await describe(values.kubeconfig);
write(join(root, "packages/object/src/kinds"), kindsFiles(server));
write(join(root, "packages/schema/src/kinds"), definitionsFiles(server));
console.log(`${server.kinds.length} kinds, ${server.definitions.size} definitions of kube-apiserver ${server.version}`);

/** What the server of the kubeconfig says, or a real one that is started for it. */
async function describe(kubeconfigPath: string | undefined): Promise<ServerDescription> {
  if (kubeconfigPath !== undefined) return describeServer(kubeconfigPath);
  await using cluster = await RealCluster.start({ onProgress: (line) => console.log(line) });
  return await describeServer(cluster.kubeconfigPath);
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  const generated = join(folder, "generated");
  rmSync(generated, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const written = [...readdirSync(generated).map((name) => join(generated, name)), join(folder, "index.ts")];
  execFileSync(join(root, "node_modules/.bin/oxfmt"), written, { cwd: root, stdio: "inherit" });
}
