import { expect, it } from "vitest";
import { targetOf } from "./request-target.ts";

it.each([
  ["/api/v1/pods?watch=true", "/api/v1/pods", "pods", undefined, undefined],
  ["/api/v1/namespaces/n/pods", "/api/v1/namespaces/{namespace}/pods", "pods", "n", undefined],
  ["/api/v1/namespaces/n/pods/a?dryRun=All", "/api/v1/namespaces/{namespace}/pods/{name}", "pods", "n", "a"],
  [
    "/apis/apps/v1/namespaces/n/deployments/a/scale",
    "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale",
    "deployments",
    "n",
    "a",
  ],
  ["/api/v1/namespaces/n/pods/a/proxy/x/y", "/api/v1/namespaces/{namespace}/pods/{name}/proxy/{path}", "pods", "n", "a"],
  ["/api/v1/namespaces", "/api/v1/namespaces", "namespaces", undefined, undefined],
  ["/api/v1/namespaces/n", "/api/v1/namespaces/{name}", "namespaces", undefined, "n"],
  ["/api/v1/namespaces/n/finalize", "/api/v1/namespaces/{name}/finalize", "namespaces", undefined, "n"],
  ["/api/v1/namespaces/n/status", "/api/v1/namespaces/{name}/status", "namespaces", undefined, "n"],
  ["/api/v1/nodes/a/status", "/api/v1/nodes/{name}/status", "nodes", undefined, "a"],
  [
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/a%3Ab",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}",
    "clusterroles",
    undefined,
    "a:b",
  ],
  ["/api/v1/nodes/%zz", "/api/v1/nodes/{name}", "nodes", undefined, "%zz"],
  ["/apis/apps/v1", "/apis/apps/v1", undefined, undefined, undefined],
  ["/apis", "/apis", undefined, undefined, undefined],
  ["/version", undefined, undefined, undefined, undefined],
  ["/", undefined, undefined, undefined, undefined],
])("reads %s as %s", (path, template, resource, namespace, name) => {
  expect(targetOf(path)).toEqual({ template, resource, namespace, name });
});
