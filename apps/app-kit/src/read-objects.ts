import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { KubernetesObject } from "operatorkit";
import { parseAllDocuments } from "yaml";

/** The objects of a YAML file that ships with an app. What is none is refused, with file and document. */
export async function readObjects(file: URL): Promise<KubernetesObject[]> {
  const path = fileURLToPath(file);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const objects: KubernetesObject[] = [];
  for (const [index, document] of parseAllDocuments(text).entries()) {
    const [error] = document.errors;
    // The first line says what and where; the others draw it.
    if (error !== undefined) throw new Error(`${path} is not YAML: ${error.message.split("\n")[0]?.replace(/:$/, "")}`, { cause: error });
    const value: unknown = document.toJS();
    // A file may end with "---".
    if (value === null) continue;
    if (!isObject(value))
      throw new Error(`${path}: document ${index + 1} is no Kubernetes object: it needs apiVersion, kind and metadata.name`);
    objects.push(value);
  }
  return objects;
}

function isObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata } = Object(value) as Partial<Record<string, unknown>>;
  const { name } = Object(metadata) as Partial<Record<string, unknown>>;
  return [apiVersion, kind, name].every((part) => typeof part === "string" && part !== "");
}
