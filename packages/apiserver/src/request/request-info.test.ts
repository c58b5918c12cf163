import { expect, it } from "vitest";
import { requestInfo } from "./request-info.ts";

const target = { group: "", version: "v1", namespace: "", plural: "", name: "", subresource: "", isWatchPath: false };

it.each([
  ["/api/v1/pods", { plural: "pods" }],
  ["/api/v1/namespaces", { plural: "namespaces" }],
  ["/api/v1/namespaces/a", { plural: "namespaces", name: "a" }],
  ["/api/v1/namespaces/a/status", { plural: "namespaces", name: "a", subresource: "status" }],
  ["/api/v1/namespaces/a/finalize", { plural: "namespaces", name: "a", subresource: "finalize" }],
  ["/api/v1/namespaces/a/pods", { namespace: "a", plural: "pods" }],
  ["/api/v1/namespaces/a/pods/p/status", { namespace: "a", plural: "pods", name: "p", subresource: "status" }],
  ["/api/v1/namespaces/a/pods/p/proxy/x/y", { namespace: "a", plural: "pods", name: "p", subresource: "proxy/x/y" }],
  ["/api/v1/watch/namespaces/a/pods", { namespace: "a", plural: "pods", isWatchPath: true }],
  ["/apis/apps/v1/deployments", { group: "apps", plural: "deployments" }],
  ["/apis/apps/v1/namespaces/a/deployments/d", { group: "apps", namespace: "a", plural: "deployments", name: "d" }],
])("%s is about a resource", (path, expected) => {
  expect(requestInfo(path)).toEqual({ type: "resource", target: { ...target, ...expected } });
});

it.each(["/", "/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1", "/healthz", "/openapi/v3/apis/apps/v1"])("%s is not", (path) => {
  expect(requestInfo(path)).toEqual({ type: "other" });
});
