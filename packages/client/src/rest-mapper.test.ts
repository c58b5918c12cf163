import { ApiError } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { RestMapper } from "./rest-mapper.ts";
import { Deployment, Pod } from "./testing/kinds.ts";

const notFound = (): ApiError => new ApiError("no", { code: "NotFound", status: 404 });

function mapperOf(documents: Record<string, unknown>): { mapper: RestMapper; asked: string[]; documents: Record<string, unknown> } {
  const asked: string[] = [];
  const mapper = new RestMapper(async (path) => {
    asked.push(path);
    if (documents[path] === undefined) throw notFound();
    return documents[path];
  });
  return { mapper, asked, documents };
}

const widgets = {
  kind: "APIResourceList",
  resources: [
    { name: "widgets", singularName: "widget", namespaced: true, kind: "Widget", shortNames: ["wd"], categories: ["all"], verbs: [] },
    { name: "widgets/status", singularName: "", namespaced: true, kind: "Widget", verbs: [] },
    { name: "gadgets", singularName: "", namespaced: false, kind: "Gadget", verbs: [] },
  ],
};
const Widget = { apiVersion: "example.com/v1", kind: "Widget" };

describe("RestMapper", () => {
  it("knows what it has learned without asking", () => {
    const { mapper, asked } = mapperOf({});
    mapper.learn(Deployment);
    expect(mapper.known({ apiVersion: "apps/v1", kind: "Deployment" })).toBe(Deployment);
    expect(mapper.known(Widget)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("asks the server for one group version, once for all its kinds", async () => {
    const { mapper, asked } = mapperOf({ "/apis/example.com/v1": widgets });
    const [widget, gadget] = await Promise.all([mapper.resolve(Widget), mapper.resolve({ ...Widget, kind: "Gadget" })]);
    expect(widget).toEqual({
      group: "example.com",
      version: "v1",
      apiVersion: "example.com/v1",
      kind: "Widget",
      plural: "widgets",
      singular: "widget",
      listKind: "WidgetList",
      namespaced: true,
      shortNames: ["wd"],
      categories: ["all"],
    });
    expect(gadget).toMatchObject({ plural: "gadgets", singular: "gadget", namespaced: false });
    await mapper.resolve(Widget);
    expect(asked).toEqual(["/apis/example.com/v1"]);
  });

  it("finds the core group under /api", async () => {
    const { mapper } = mapperOf({ "/api/v1": { resources: [{ name: "pods", namespaced: true, kind: "Pod" }] } });
    expect(await mapper.resolve({ apiVersion: "v1", kind: "Pod" })).toMatchObject({ group: "", version: "v1", plural: "pods" });
  });

  it("does not take what it was told for what the server has", async () => {
    const { mapper } = mapperOf({});
    mapper.learn(Pod);
    await expect(mapper.resolve({ apiVersion: "v1", kind: "Pod" })).rejects.toMatchObject({ code: "NotFound" });
  });

  it("looks again for a kind that was not there", async () => {
    const { mapper, documents } = mapperOf({});
    await expect(mapper.resolve(Widget)).rejects.toMatchObject({
      code: "NotFound",
      message: expect.stringContaining("Widget of example.com/v1"),
    });
    documents["/apis/example.com/v1"] = { resources: [] };
    await expect(mapper.resolve(Widget)).rejects.toMatchObject({ code: "NotFound" });
    documents["/apis/example.com/v1"] = widgets;
    await expect(mapper.resolve(Widget)).resolves.toMatchObject({ plural: "widgets" });
  });

  it("says whether a kind is served at this moment", async () => {
    const { mapper, documents } = mapperOf({ "/apis/example.com/v1": widgets });
    expect(await mapper.isServed(Widget)).toBe(true);
    delete documents["/apis/example.com/v1"];
    expect(await mapper.isServed(Widget)).toBe(false);
  });

  it("passes other failures on, and keeps nothing of them", async () => {
    let isBroken = true;
    const mapper = new RestMapper(async () => {
      if (isBroken) throw new ApiError("down", { code: "ConnectionFailed" });
      return widgets;
    });
    await expect(mapper.resolve(Widget)).rejects.toMatchObject({ code: "ConnectionFailed" });
    await expect(mapper.isServed(Widget)).rejects.toMatchObject({ code: "ConnectionFailed" });
    isBroken = false;
    await expect(mapper.resolve(Widget)).resolves.toMatchObject({ kind: "Widget" });
  });

  it("refuses a document that is none", async () => {
    const { mapper } = mapperOf({ "/apis/example.com/v1": { paths: [] } });
    await expect(mapper.resolve(Widget)).rejects.toMatchObject({ code: "MalformedResponse" });
  });
});
