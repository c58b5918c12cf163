import type { Kind, KubernetesObject } from "@operatorkit/object";
import { describe, expect, expectTypeOf, it } from "vitest";
import { newHttpClient } from "./http-client.ts";
import { KubernetesClient } from "./kubernetes-client.ts";
import { rejection } from "./testing/bodies.ts";
import { FakeTransport } from "./testing/fake-transport.ts";
import { ConfigMap } from "./testing/kinds.ts";

interface Sample extends KubernetesObject {
  readonly apiVersion: "myproject.io/v1alpha1";
  readonly kind: "Sample";
  readonly spec: { readonly hello: string };
}
const Sample: Kind<Sample> = {
  group: "myproject.io",
  version: "v1alpha1",
  apiVersion: "myproject.io/v1alpha1",
  kind: "Sample",
  plural: "samples",
  singular: "sample",
  listKind: "SampleList",
  namespaced: true,
  shortNames: [],
  categories: [],
};

function clientOf(body: unknown) {
  const transport = new FakeTransport(() => ({ body }));
  return { transport, http: newHttpClient(new KubernetesClient({ transport }), "myproject.io", "v1alpha1", [Sample]) };
}
const object = { apiVersion: "myproject.io/v1alpha1", kind: "Sample", metadata: { name: "a" }, spec: { hello: "world" } };

describe("newHttpClient", () => {
  const client = new KubernetesClient({ transport: new FakeTransport(() => ({ body: {} })) });

  it.each<[unknown[], string]>([
    [[undefined, "", "v1", []], "client: is missing"],
    [[client, undefined, "v1", []], "group: is missing, and must be a domain"],
    [[client, "My Group", "v1", []], 'group: "My Group" must be a domain such as example.com; "" for the core group'],
    [[client, "", "", []], 'version: "" must be such as v1'],
    [[client, "", "v1/pods", []], 'version: "v1/pods" must be such as v1'],
    [[client, "", "v1", ConfigMap], "kinds: an object must be a list"],
    [[client, "", "v1", [undefined]], "kinds[0]: is missing, and must be a kind"],
  ])("refuses %j, which no server has a path for", (given, message) => {
    expect(() => Reflect.apply(newHttpClient, undefined, given)).toThrow(`HttpClient: ${message}`);
  });

  it("writes below its group version, and gives objects of its kinds back", async () => {
    const { http, transport } = clientOf(object);
    const answer = await http.get("namespaces/x/samples/a");
    expect(answer).toEqual({ type: "object", object });
    if (answer.type === "object") expectTypeOf(answer.object.spec.hello).toEqualTypeOf<string>();
    await http.request({ method: "POST", path: "/namespaces/x/samples", body: object, query: { dryRun: "All" } });
    expect(transport.paths).toEqual([
      "GET /apis/myproject.io/v1alpha1/namespaces/x/samples/a",
      "POST /apis/myproject.io/v1alpha1/namespaces/x/samples?dryRun=All",
    ]);
  });

  it("tells lists, and what is no object of the group", async () => {
    const { apiVersion: _version, kind: _kind, ...item } = object;
    const list = {
      apiVersion: "myproject.io/v1alpha1",
      kind: "SampleList",
      metadata: { resourceVersion: "7", continue: "n" },
      items: [item],
    };
    expect(await clientOf(list).http.get("samples")).toEqual({ type: "list", items: [object], resourceVersion: "7", continue: "n" });
    const status = { apiVersion: "v1", kind: "Status", status: "Success" };
    expect(await clientOf(status).http.request({ method: "DELETE", path: "namespaces/x/samples/a" })).toEqual({
      type: "other",
      value: status,
    });
  });

  it("names a kind it was not made for", async () => {
    expect(await rejection(clientOf({ ...object, kind: "Other" }).http.get("others"))).toMatchObject({
      code: "MalformedResponse",
      message: "GET /apis/myproject.io/v1alpha1/others: the answer is a Other, and this client was made for Sample; add its kind",
    });
    const client = new KubernetesClient({ transport: new FakeTransport(() => ({})) });
    expect(() => newHttpClient(client, "myproject.io", "v1alpha1", [ConfigMap])).toThrow("ConfigMap is of v1");
    expect(newHttpClient(client, "", "v1", [ConfigMap]).root).toBe("/api/v1");
  });
});
