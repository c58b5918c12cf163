import assert from "node:assert/strict";
import { isNotFound, type TransportResponse } from "@operatorkit/api";
import type { KubernetesClient, Middleware } from "@operatorkit/client";
import type { KubernetesObject } from "@operatorkit/object";
import { ConfigMap } from "@operatorkit/object/kinds";
import { rejection, type ClientCase, type ClientContext } from "../client-case.ts";

/** A client, and the text of each answer that it was sent. */
async function listening(context: ClientContext): Promise<{ readonly client: KubernetesClient; readonly answers: string[] }> {
  const answers: string[] = [];
  const listen: Middleware = async (request, send) => {
    const answer = await send(request);
    return { ...answer, body: overheard(answer.body, answers) };
  };
  return { client: await context.connect({ middleware: [listen], compress: false }), answers };
}

async function* overheard(body: TransportResponse["body"], answers: string[]): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
    yield chunk;
  }
  answers.push(Buffer.concat(chunks).toString("utf8"));
}

/** What is left of an object. */
const partOf = ({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject => ({ apiVersion, kind, metadata });

/** Reading the metadata of objects, and nothing else. */
export const metadataCases: readonly ClientCase[] = [
  {
    name: "the client gets the metadata of one object alone, and the rest is not sent",
    async run(context) {
      const namespace = await context.namespace();
      const { client, answers } = await listening(context);
      const ref = { name: "one", namespace };
      const labels = { team: "a" };
      const map = await client.create<ConfigMap>({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { ...ref, labels },
        data: { a: "unsent" },
      });
      const { kind, custom } = await context.customKind();
      const widget = await client.create({ apiVersion: custom.apiVersion, kind: custom.kind, metadata: ref, spec: { size: "unsent" } });
      answers.length = 0;
      assert.deepEqual(await client.get(ConfigMap, ref, { metadataOnly: true }), partOf(map));
      assert.deepEqual(await client.get(kind, ref, { metadataOnly: true }), partOf(widget));
      const resourceVersion = "0";
      assert.deepEqual(
        await client.get({ apiVersion: "v1", kind: "ConfigMap" }, ref, { metadataOnly: true, resourceVersion }),
        partOf(map),
      );
      assert.deepEqual(
        answers.map((answer) => [(JSON.parse(answer) as KubernetesObject).kind, answer.includes("unsent")]),
        Array.from({ length: 3 }, () => ["PartialObjectMetadata", false]),
      );
      const missing = await rejection(client.get(ConfigMap, { name: "other", namespace }, { metadataOnly: true }));
      assert.ok(isNotFound(missing));
      assert.equal(missing.message, `get ConfigMap ${namespace}/other: configmaps "other" not found`);
    },
  },
  {
    name: "the client lists the metadata of objects alone, page by page and by selector, and the rest is not sent",
    async run(context) {
      const namespace = await context.namespace();
      const { client, answers } = await listening(context);
      const schema = { type: "object", properties: { data: { type: "object", additionalProperties: { type: "string" } } } };
      const { kind } = await context.customKind({ schema });
      for (const each of [ConfigMap, kind]) {
        for (const name of ["a", "b", "c", "other"]) {
          const metadata = { name, namespace, labels: { which: name === "other" ? "other" : "these" } };
          await client.create({ apiVersion: each.apiVersion, kind: each.kind, metadata, data: { a: "unsent" } });
        }
        const scope = { namespace, labelSelector: "which=these" };
        const whole = await client.list<KubernetesObject>(each, scope).toArray();
        assert.ok(answers.at(-1)?.includes("unsent"));
        answers.length = 0;
        const pages: KubernetesObject[][] = [];
        const listing = client.list<KubernetesObject>(each, { ...scope, limit: 2, metadataOnly: true });
        for await (const { items } of listing.pages()) pages.push([...items]);
        assert.deepEqual(
          pages.map(({ length }) => length),
          [2, 1],
        );
        assert.deepEqual(pages.flat(), whole.map(partOf));
        assert.deepEqual(
          answers.map((answer) => [(JSON.parse(answer) as KubernetesObject).kind, answer.includes("unsent")]),
          Array.from({ length: 2 }, () => ["PartialObjectMetadataList", false]),
        );
      }
    },
  },
];
