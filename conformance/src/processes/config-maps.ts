import assert from "node:assert/strict";
import type { JsonBody, RawHttp } from "../raw-http.ts";

/** The ConfigMaps of one namespace, as an administrator changes them. */
export class ConfigMaps {
  readonly namespace: string;
  readonly #http: RawHttp;
  readonly #path: string;

  constructor(http: RawHttp, namespace: string) {
    this.#http = http;
    this.namespace = namespace;
    this.#path = `/api/v1/namespaces/${namespace}/configmaps`;
  }

  async make(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const answer = await this.#http.request("POST", this.#path, { body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name } } });
      assert.equal(answer.status, 201, answer.text);
    }
  }

  async change(name: string, value: string): Promise<void> {
    const headers = { "content-type": "application/merge-patch+json" };
    const answer = await this.#http.request("PATCH", `${this.#path}/${name}`, { headers, body: { data: { value } } });
    assert.equal(answer.status, 200, answer.text);
  }

  async remove(name: string): Promise<void> {
    const answer = await this.#http.request("DELETE", `${this.#path}/${name}`);
    assert.equal(answer.status, 200, answer.text);
  }

  /** What is there: `name uid version` of each. */
  async state(): Promise<readonly string[]> {
    const { items } = (await this.#http.request("GET", this.#path)).json;
    return items.map(({ metadata }: JsonBody) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).toSorted();
  }
}
