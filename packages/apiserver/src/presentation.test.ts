import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiServer } from "./api-server.ts";
import type { JsonObject } from "./json-object.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
let server: ApiServer;

beforeAll(async () => {
  server = await ApiServer.start({ inProcess: true });
  const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  await ask("POST", "/apis/apps/v1/namespaces/default/deployments", {
    metadata: { name: "web" },
    spec: { replicas: 2, selector: { matchLabels: { a: "b" } }, template },
  });
});

afterAll(async () => {
  await server.close();
});

async function ask(method: string, path: string, body?: object, accept = "application/json"): Promise<JsonObject> {
  const headers = { accept, "content-type": "application/json" };
  const response = await server
    .transport()
    .request({ method, path, headers, body: body && new TextEncoder().encode(JSON.stringify(body)) });
  let text = "";
  for await (const chunk of response.body) text += new TextDecoder().decode(chunk);
  return JSON.parse(text) as JsonObject;
}

const cellsOf = (table: JsonObject): unknown => (table["rows"] as { cells: unknown[] }[]).map(({ cells }) => cells.slice(0, 3));

describe("tables", () => {
  it("show a kind's columns for lists and single objects", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments";
    for (const table of [await ask("GET", path, undefined, TABLE), await ask("GET", `${path}/web`, undefined, TABLE)]) {
      expect(table["kind"]).toBe("Table");
      expect(cellsOf(table)).toEqual([["web", "0/2", 0]]);
    }
  });

  it("show a scale by its own columns", async () => {
    const table = await ask("GET", "/apis/apps/v1/namespaces/default/deployments/web/scale", undefined, TABLE);
    expect(cellsOf(table)).toEqual([["web", 2, 0]]);
    expect((table["columnDefinitions"] as JsonObject[]).map(({ name }) => name)).toEqual(["Name", "Desired", "Available", "Age"]);
  });

  it("refuse an includeObject that is none, but only when a table was asked for", async () => {
    const path = "/api/v1/namespaces?includeObject=Bogus";
    expect(await ask("GET", path, undefined, TABLE)).toMatchObject({
      code: 400,
      message:
        "Unable to convert to Table as requested: includeObject: Invalid value: \"Bogus\": must be 'Metadata', 'Object', 'None', or empty",
    });
    expect(await ask("GET", path)).toMatchObject({ kind: "NamespaceList" });
    expect(await ask("GET", "/api/v1/namespaces?includeObject=", undefined, TABLE)).toMatchObject({ kind: "Table" });
  });
});
