import { ApiError } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/bodies.ts";
import { createCustomResources, type RegistrationClient } from "./create-custom-resources.ts";
import type { CustomResource } from "./custom-resource.ts";

const sample: CustomResource = { group: "myproject.io", version: "v1alpha1", kind: "Sample" };
const other: CustomResource = { ...sample, kind: "Other" };
const failed = (code: "AlreadyExists" | "NotFound" | "Forbidden" | "ConnectionFailed"): ApiError =>
  new ApiError(`server: ${code}`, { code });
const established = { status: { conditions: [{ type: "Established", status: "True" }] } };

function server(gitVersion: string, answer: (request: string, times: number) => unknown) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const client: RegistrationClient = {
    serverVersion: async () => ({ major: "1", minor: "1", gitVersion }),
    request: async ({ method = "GET", path, body }) => {
      const name = (body as { metadata?: { name?: string } } | undefined)?.metadata?.name ?? path.slice(path.lastIndexOf("/") + 1);
      const request = `${method} ${name}`;
      asked.push(request);
      const given = answer(request, asked.filter((one) => one === request).length);
      if (given instanceof Error) throw given;
      return given;
    },
  };
  return { client, clock, asked };
}

describe("createCustomResources", () => {
  it("creates all, then waits for all; one that is there is fine", async () => {
    const { client, clock, asked } = server("v1.36.3", (request, times) => {
      if (request === "POST others.myproject.io") return failed("AlreadyExists");
      return request.startsWith("GET") && times < 2 ? {} : established;
    });
    const done = createCustomResources(client, [sample, other], { clock });
    await clock.advance(500);
    await done;
    expect(asked.slice(0, 2)).toEqual(["POST samples.myproject.io", "POST others.myproject.io"]);
    expect(asked.slice(2)).toHaveLength(4);
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not wait for one that could not be created, and tells of all that failed", async () => {
    const { client, clock, asked } = server("v1.36.3", (request) => (request.startsWith("POST") ? failed("Forbidden") : established));
    expect(await rejection(createCustomResources(client, [sample, other], { clock }))).toMatchObject({
      name: "AggregateError",
      errors: [
        { code: "NotApplied", crd: "samples.myproject.io", cause: { code: "Forbidden" } },
        { code: "NotApplied", crd: "others.myproject.io" },
      ],
    });
    expect(asked).toHaveLength(2);
  });

  it("puts up with failing looks until the time is up, and deletes nothing", async () => {
    const { client, clock, asked } = server("v1.36.3", (request, times) => {
      if (request.startsWith("POST")) return {};
      return request.includes("samples") && times > 2 ? established : failed(times % 2 === 0 ? "NotFound" : "ConnectionFailed");
    });
    const done = rejection(createCustomResources(client, [sample, other], { clock, timeoutMs: 5_000 }));
    await clock.advance(5_000);
    expect(await done).toMatchObject({ name: "CustomResourceError", code: "Timeout", crd: "others.myproject.io" });
    expect(asked.some((request) => request.startsWith("DELETE"))).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives up at once on names that are taken", async () => {
    const conditions = [
      { type: "NamesAccepted", status: "False", message: "plural is taken" },
      { type: "Established", status: "False" },
    ];
    const { client, clock } = server("v1.15.3", (request) => (request.startsWith("POST") ? {} : { status: { conditions } }));
    expect(await rejection(createCustomResources(client, [sample], { clock }))).toMatchObject({ code: "NameConflict" });
  });

  it("waits out one that is being deleted, and makes it again", async () => {
    const terminating = { ...established, metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } };
    const { client, clock, asked } = server("v1.15.3", (request, times) => {
      if (request.startsWith("POST")) return times === 1 ? failed("AlreadyExists") : {};
      return [terminating, failed("NotFound"), established][times - 1];
    });
    const done = createCustomResources(client, [sample], { clock });
    await clock.advance(1_000);
    await done;
    expect(asked.map((request) => request.split(" ")[0])).toEqual(["POST", "GET", "GET", "POST", "GET"]);
  });

  it("waits for a ThirdPartyResource until its objects can be listed", async () => {
    const { client, clock, asked } = server("v1.6.4", (_request, times) =>
      times < 2 && _request.startsWith("GET") ? failed("NotFound") : {},
    );
    const done = createCustomResources(client, [sample], { clock });
    await clock.advance(500);
    await done;
    expect(asked).toEqual(["POST sample.myproject.io", "GET samples", "GET samples"]);
  });

  it("creates nothing on a server whose release it cannot tell, nor for a name no server takes", async () => {
    const { client, clock, asked } = server("none", () => ({}));
    expect(await rejection(createCustomResources(client, [sample], { clock }))).toMatchObject({ code: "ServerVersion" });
    expect(asked).toEqual([]);
    const wrong = server("v1.36.3", () => ({}));
    expect(await rejection(createCustomResources(wrong.client, [{ ...sample, kind: "sample" }], { clock }))).toMatchObject({
      code: "InvalidResource",
    });
    expect(wrong.asked).toEqual([]);
  });

  it("refuses what is no list, before it asks the server anything", async () => {
    const asked = (): never => {
      throw new Error("the server was asked");
    };
    expect(await rejection(createCustomResources({ serverVersion: asked, request: asked }, sample as never))).toMatchObject({
      message: "createCustomResources: resources: an object must be a list",
    });
  });

  it("stops when its signal is aborted", async () => {
    const { client, clock } = server("v1.36.3", () => ({}));
    const stop = new AbortController();
    const rejected = rejection(createCustomResources(client, [sample], { clock, signal: stop.signal }));
    await clock.advance(100);
    stop.abort(new Error("stopping"));
    expect(String(await rejected)).toContain("stopping");
    expect(clock.pendingTimers).toBe(0);
  });
});
