/**
 * Writes `recorded.json`: what a real kube-apiserver answers to `cases.ts` and `schema-cases.ts`. Nothing is left on the server.
 *
 *     KUBE_API=https://127.0.0.1:6443 KUBE_TOKEN=… NODE_TLS_REJECT_UNAUTHORIZED=0 node --conditions=source test/record.ts
 */
import { writeFileSync } from "node:fs";
import type { FieldError } from "../src/field-error.ts";
import type { StructuralSchema } from "../src/structural-schema.ts";
import { schema, specs } from "./cases.ts";
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
  return (await response.json()) as Answer;
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

const created = await call("POST", crds, crd("case", schema));
if (created.kind === "Status") throw new Error(JSON.stringify(created, undefined, 2));
try {
  const path = `/apis/${group}/v1/cases`;
  for (let tries = 0; (await call("GET", path)).kind !== "caselist"; tries++) {
    if (tries > 100) throw new Error(`${path} is not served`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const objects = [];
  for (const spec of specs) {
    const object = { apiVersion: `${group}/v1`, kind: "case", metadata: { name: "a" }, spec };
    const answer = await call("POST", `${path}?dryRun=All`, object);
    objects.push(answer.kind === "Status" ? { spec, causes: causesOf(answer) } : { spec, stored: answer.spec ?? null });
  }
  const problems = [];
  for (const tried of schemas) {
    problems.push({ schema: tried, causes: causesOf(await call("POST", `${crds}?dryRun=All`, crd("tried", tried))) });
  }
  const { gitVersion } = await call("GET", "/version");
  writeFileSync(new URL("recorded.json", import.meta.url), `${JSON.stringify({ gitVersion, objects, problems }, undefined, 1)}\n`);
} finally {
  await call("DELETE", `${crds}/cases.${group}`);
}
