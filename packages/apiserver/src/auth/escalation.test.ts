import { expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { escalation } from "./escalation.ts";

const user = { name: "eve", groups: ["a", "b"] };
const pods = (verbs: readonly string[], more: JsonObject = {}): JsonObject => ({ apiGroups: [""], resources: ["pods"], verbs, ...more });

it.each<[title: string, held: JsonObject, wanted: JsonObject]>([
  ["the same", pods(["get"]), pods(["get"])],
  ["every verb", pods(["*"]), pods(["get", "delete"])],
  ["every group and resource", { apiGroups: ["*"], resources: ["*"], verbs: ["get"] }, pods(["get"])],
  ["every object", pods(["get"]), pods(["get"], { resourceNames: ["x"] })],
  [
    "a subresource of all",
    { apiGroups: [""], resources: ["*/log"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  ],
  ["paths below one", { nonResourceURLs: ["/logs/*"], verbs: ["get"] }, { nonResourceURLs: ["/logs/x"], verbs: ["get"] }],
])("who holds %s may hand it on", (_title, held, wanted) => {
  expect(escalation(user, [held], [wanted])).toBeUndefined();
});

it.each<[title: string, held: JsonObject, wanted: JsonObject, missing: string]>([
  ["another verb", pods(["get"]), pods(["get", "list", "watch"]), '{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}'],
  ["all objects", pods(["get"], { resourceNames: ["x"] }), pods(["get"]), '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
  [
    "another object",
    pods(["get"], { resourceNames: ["x"] }),
    pods(["get"], { resourceNames: ["x", "y"] }),
    '{APIGroups:[""], Resources:["pods"], ResourceNames:["y"], Verbs:["get"]}',
  ],
  ["another path", pods(["get"]), { nonResourceURLs: ["/x"], verbs: ["get"] }, '{NonResourceURLs:["/x"], Verbs:["get"]}'],
])("who lacks %s is told what", (_title, held, wanted, missing) => {
  expect(escalation(user, [held], [wanted])).toBe(
    `user "eve" (groups=["a" "b"]) is attempting to grant RBAC permissions not currently held:\n${missing}`,
  );
});
