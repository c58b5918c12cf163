/**
 * Writes `recorded.json`: what a real kube-apiserver answers to `cases.ts` and `schema-cases.ts`. Nothing is left on the server.
 *
 *     KUBE_API=https://127.0.0.1:6443 KUBE_TOKEN=… NODE_TLS_REJECT_UNAUTHORIZED=0 node --conditions=source test/record.ts
 */
import { writeFileSync } from "node:fs";
import type { FieldError } from "../src/field-error.ts";
import type { StructuralSchema } from "../src/structural-schema.ts";
import { crdFor } from "../src/crd-for.ts";
import { schema, specs } from "./cases.ts";
import { kinds, type TriedKind } from "./kinds.ts";
import { schemas } from "./schema-cases.ts";

const { KUBE_API: server = "https://127.0.0.1:6443", KUBE_TOKEN: token = "" } = process.env;
const group = "recording.operatorkit.test";
const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

interface Answer {
  readonly kind?: string;
  readonly message?: string;
  readonly gitVersion?: string;
  readonly spec?: unknown;
  readonly details?: { readonly causes?: readonly FieldError[] };
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(server + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // A path that is not served yet is answered in plain words.
  return text.startsWith("{") ? (JSON.parse(text) as Answer) : { message: text };
}

function crd(name: string, openAPIV3Schema: StructuralSchema): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${name}s.${group}` },
    spec: {
      group,
      scope: "Cluster",
      names: { plural: `${name}s`, singular: name, kind: name, listKind: `${name}list` },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

function causesOf(answer: Answer): readonly FieldError[] {
  if (answer.kind !== "Status") return [];
  return answer.details?.causes ?? [{ reason: "FieldValueInvalid", field: "", message: answer.message ?? "" }];
}

async function served(path: string): Promise<void> {
  for (let tries = 0; !/list$/i.test((await call("GET", path)).kind ?? ""); tries++) {
    if (tries > 100) throw new Error(`${path} is not served`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function tried(path: string, kind: object, specs: readonly unknown[]): Promise<readonly object[]> {
  const objects = [];
  for (const spec of specs) {
    const answer = await call("POST", `${path}?dryRun=All`, { ...kind, metadata: { name: "a" }, spec });
    objects.push(answer.kind === "Status" ? { spec, causes: causesOf(answer) } : { spec, stored: answer.spec ?? null });
  }
  return objects;
}

/** `fieldValidation=Strict`: the server must know every word of the manifest. */
async function triedKind({ kind, specs: some }: TriedKind): Promise<object> {
  const manifest = crdFor(kind);
  const made = await call("POST", `${crds}?fieldValidation=Strict`, manifest);
  if (made.kind === "Status") throw new Error(`${kind.kind}: ${JSON.stringify(made, undefined, 2)}`);
  try {
    const path = `/apis/${kind.apiVersion}/${kind.namespaced ? "namespaces/default/" : ""}${kind.plural}`;
    await served(path);
    return { manifest, objects: await tried(path, { apiVersion: kind.apiVersion, kind: kind.kind }, some) };
  } finally {
    await call("DELETE", `${crds}/${manifest.metadata.name}`);
  }
}

const created = await call("POST", crds, crd("case", schema));
if (created.kind === "Status") throw new Error(JSON.stringify(created, undefined, 2));
try {
  const path = `/apis/${group}/v1/cases`;
  await served(path);
  const objects = await tried(path, { apiVersion: `${group}/v1`, kind: "case" }, specs);
  const problems = [];
  for (const one of schemas) {
    problems.push({ schema: one, causes: causesOf(await call("POST", `${crds}?dryRun=All`, crd("tried", one))) });
  }
  const recordedKinds = [];
  for (const one of kinds) recordedKinds.push(await triedKind(one));
  const { gitVersion } = await call("GET", "/version");
  writeFileSync(
    new URL("recorded.json", import.meta.url),
    `${JSON.stringify({ gitVersion, objects, problems, kinds: recordedKinds }, undefined, 1)}\n`,
  );
} finally {
  await call("DELETE", `${crds}/cases.${group}`);
}
