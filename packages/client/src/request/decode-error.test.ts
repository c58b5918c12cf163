import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Deployment } from "../testing/kinds.ts";
import { decodeError, errorFromStatus, type ErrorContext } from "./decode-error.ts";

const call: ErrorContext["call"] = {
  action: "create Deployment default/web",
  verb: "create",
  subject: { kind: Deployment, namespace: "default" },
};
const server = "the API server at https://a (from /kube/config)";

function decode(status: number, body: unknown, headers: Record<string, string> = {}, about: ErrorContext["call"] = call) {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return decodeError({ status, headers, body: bytes }, { call: about, server, credentials: 'user "me"', nowMs: 0 });
}
const status = (code: number, reason: string, message: string, details?: object) => ({
  kind: "Status",
  apiVersion: "v1",
  code,
  reason,
  message,
  details,
});

describe("decodeError", () => {
  it("keeps the server's words, reason and causes behind what was being done", () => {
    const causes = [{ reason: "FieldValueRequired", message: "Required value", field: "spec.selector" }];
    const error = decode(422, status(422, "Invalid", 'Deployment.apps "web" is invalid: spec.selector: Required value', { causes }));
    expect(error).toMatchObject({ code: "Invalid", status: 422, causes });
    expect(error.message).toBe('create Deployment default/web: Deployment.apps "web" is invalid: spec.selector: Required value');
  });

  it.each([
    [404, "NotFound", "NotFound"],
    [409, "AlreadyExists", "AlreadyExists"],
    [409, "Conflict", "Conflict"],
    [410, "Expired", "Expired"],
    [429, "TooManyRequests", "TooManyRequests"],
    [500, "SomethingNew", "InternalError"],
    [418, "Teapot", "Unknown"],
  ])("of status %i and reason %s has the code %s", (code, reason, expected) => {
    expect(decode(code, status(code, reason, "words")).code).toBe(expected);
  });

  // The words are kube-apiserver 1.36's own; conformance asks both servers for them.
  it.each([
    [
      'pods is forbidden: User "me" cannot list resource "pods" in API group "" in the namespace "default"',
      "bind a Role in namespace default with the rule",
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    ],
    [
      'deployments.apps "web" is forbidden: User "me" cannot create resource "deployments/scale" in API group "apps" in the namespace "x"',
      "bind a Role in namespace x with the rule",
      { apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["create"] },
    ],
    [
      'nodes is forbidden: User "me" cannot list resource "nodes" in API group "" at the cluster scope',
      "bind a ClusterRole with the rule",
      { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
    ],
    [
      'users "jane" is forbidden: User "me" cannot impersonate resource "users" in API group "" at the cluster scope',
      "bind a ClusterRole with the rule",
      { apiGroups: [""], resources: ["users"], verbs: ["impersonate"] },
    ],
    ['forbidden: User "me" cannot get path "/foo"', "bind a ClusterRole with the rule", { nonResourceURLs: ["/foo"], verbs: ["get"] }],
  ])("names the RBAC rule, in YAML, that would allow what was refused: %s", (words, bind, rule) => {
    const { message } = decode(403, status(403, "Forbidden", words));
    expect(message.startsWith(`create Deployment default/web: ${words}; to allow it, ${bind} `)).toBe(true);
    expect(parse(/the rule (.*) to that user$/.exec(message)?.[1] ?? "")).toEqual(rule);
  });

  it("names no rule where none would help: a quota, a namespace that is being terminated", () => {
    const words = "unable to create new content in namespace x because it is being terminated";
    expect(decode(403, status(403, "Forbidden", words)).message).toBe(`create Deployment default/web: ${words}`);
  });

  it("says whose credentials were refused", () => {
    const error = decode(401, status(401, "Unauthorized", "Unauthorized"));
    expect(error.code).toBe("Unauthorized");
    expect(error.message).toContain('the credentials were not accepted (user "me")');
  });

  it("says why a JSON patch does not apply, which the server does not", () => {
    const words = "the server rejected our request due to an error in our request";
    expect(decode(422, status(422, "Invalid", words), {}, { ...call, verb: "patch" }).message).toContain("a test that does not hold");
    expect(decode(422, status(422, "Invalid", words)).message).toBe(`create Deployment default/web: ${words}`);
  });

  it("takes Retry-After from the header, else from the details", () => {
    expect(decode(429, status(429, "TooManyRequests", "x"), { "retry-after": "2" }).retryAfterMs).toBe(2_000);
    expect(decode(429, status(429, "TooManyRequests", "x", { retryAfterSeconds: 3 })).retryAfterMs).toBe(3_000);
    const both = status(429, "TooManyRequests", "x", { retryAfterSeconds: 3 });
    expect(decode(429, both, { "retry-after": "2" }).retryAfterMs).toBe(2_000);
    expect(decode(429, status(429, "TooManyRequests", "x", { retryAfterSeconds: 0 })).retryAfterMs).toBeUndefined();
    expect(decode(429, status(429, "TooManyRequests", "x")).retryAfterMs).toBeUndefined();
  });

  it("knows kube-apiserver's plain 404 for a kind it does not serve", () => {
    const error = decode(404, "404 page not found\n");
    expect(error.code).toBe("NotFound");
    expect(error.message).toContain("the server does not serve deployments of apps/v1; is its CustomResourceDefinition installed");
  });

  it("does not take another server's 404 for an object that is gone", () => {
    const error = decode(404, "<html>\n<h1>nginx: not found</h1>", { "content-type": "text/html" });
    expect(error.code).toBe("MalformedResponse");
    expect(error.message).toContain('answered HTTP status 404 with something that is not Kubernetes ("<html> <h1>nginx: not found</h1>")');
    expect(decode(200 + 102, "").message).toContain("(an empty body)");
  });

  it.each([
    [502, "<html>bad gateway</html>", "Unknown"],
    [503, "upstream down", "ServiceUnavailable"],
    [429, "slow down", "TooManyRequests"],
    [401, "who are you", "Unauthorized"],
    [400, "Client sent an HTTP request to an HTTPS server.\n", "MalformedResponse"],
  ])("of status %i with the text %j has the code %s", (code, text, expected) => {
    expect(decode(code, text).code).toBe(expected);
  });

  it("shortens a long text", () => {
    expect(decode(503, "x".repeat(10_000)).message.length).toBeLessThan(250);
  });
});

describe("errorFromStatus", () => {
  it("is the error inside a watch", () => {
    const error = errorFromStatus("watch Pod", { reason: "Expired", code: 410, message: "too old resource version: 1 (2)" });
    expect(error).toMatchObject({ code: "Expired", status: 410, message: "watch Pod: too old resource version: 1 (2)" });
  });

  it("is an internal error when the server says nothing", () => {
    expect(errorFromStatus("watch Pod", {})).toMatchObject({ code: "InternalError", status: 500 });
  });
});
