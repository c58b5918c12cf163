import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, it } from "vitest";
import { readObjects } from "./read-objects.ts";

const folders: string[] = [];

async function fileOf(text: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "operatorkit-samples-"));
  folders.push(folder);
  await writeFile(join(folder, "samples.yaml"), text);
  return pathToFileURL(join(folder, "samples.yaml"));
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

it("reads every object of a file, whatever separators are around them", async () => {
  const objects = await readObjects(await fileOf(`---\n${OBJECT}---\n${OBJECT.replace("a }", "b }")}---\n`));
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
});

it.each([
  ["a: [", /samples\.yaml is not YAML: .* at line 1, column \d+$/],
  [
    `${OBJECT}---\nkind: ConfigMap\nmetadata: { name: b }\n`,
    /samples\.yaml: document 2 is no Kubernetes object: it needs apiVersion, kind/,
  ],
  [OBJECT.replace("name", "nam"), /samples\.yaml: document 1 is no Kubernetes object/],
  ["text", /samples\.yaml: document 1 is no Kubernetes object/],
])("refuses %j in one line, with the file", async (text, message) => {
  await expect(readObjects(await fileOf(text))).rejects.toThrow(message);
});

it("says which file cannot be read", async () => {
  await expect(readObjects(new URL("file:///nowhere/samples.yaml"))).rejects.toThrow(/^\/nowhere\/samples\.yaml cannot be read: ENOENT/);
});
