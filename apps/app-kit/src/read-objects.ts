import { readFile } from "node:fs/promises";
import type { KubernetesObject } from "operatorkit";
import { parseAllDocuments } from "yaml";

/** The objects of a YAML file that ships with an app. */
export async function readObjects(file: URL): Promise<KubernetesObject[]> {
  return parseAllDocuments(await readFile(file, "utf8")).map((document) => document.toJS() as KubernetesObject);
}
