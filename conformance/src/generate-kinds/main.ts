// Writes the built-in kinds of `object` and `schema` from what a running kube-apiserver says of itself.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { definitionsFiles } from "./definitions-files.ts";
import { kindsFiles } from "./kinds-files.ts";
import { describeServer } from "./server-description.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values } = parseArgs({ options: { kubeconfig: { type: "string" } } });
if (values.kubeconfig === undefined) throw new Error("usage: generate-kinds --kubeconfig <a kube-apiserver's admin kubeconfig>");
const server = await describeServer(values.kubeconfig);
write(join(root, "packages/object/src/kinds"), kindsFiles(server));
write(join(root, "packages/schema/src/kinds"), definitionsFiles(server));
console.log(`${server.kinds.length} kinds, ${server.definitions.size} definitions of kube-apiserver ${server.version}`);

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
