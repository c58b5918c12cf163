import { defineKind, type ObjectOf } from "operatorkit";
import { Type } from "typebox";

/** The label that leads from a pod to its Jinghzhu. */
export const CRD_LABEL = "crd";

/** Keeps `desired` pods alive. What there is stands in the status, which one controller writes; nobody keeps counters in step. */
export const Jinghzhu = defineKind({
  group: "jinghzhu.io",
  version: "v1",
  kind: "Jinghzhu",
  plural: "jinghzhus",
  shortNames: ["jh"],
  spec: Type.Object({ desired: Type.Integer({ minimum: 0, maximum: 100, description: "How many pods are kept alive." }) }),
  status: Type.Object({
    current: Type.Integer({ description: "How many pods are alive." }),
    podList: Type.Array(Type.String(), { description: "Their names, oldest first." }),
    state: Type.String({ enum: ["Pending", "Running", "Succeeded", "Failed"] }),
    message: Type.Optional(Type.String()),
  }),
  scale: { specReplicasPath: ".spec.desired", statusReplicasPath: ".status.current" },
  columns: [
    { name: "Desired", jsonPath: ".spec.desired", type: "integer" },
    { name: "Current", jsonPath: ".status.current", type: "integer" },
    { name: "State", jsonPath: ".status.state", type: "string" },
    { name: "Message", jsonPath: ".status.message", type: "string" },
  ],
});

export type Jinghzhu = ObjectOf<typeof Jinghzhu>;

/** For people: one tab-indented line each. */
export function jinghzhuText({ metadata, spec, status }: Jinghzhu): string {
  return [
    `\tName: ${metadata.name}`,
    `\tResource Version: ${metadata.resourceVersion ?? ""}`,
    `\tDesired: ${spec.desired}`,
    `\tCurrent: ${status?.current ?? 0}`,
    `\tPods: ${status?.podList.join(", ") ?? ""}`,
    `\tState: ${status?.state ?? "Pending"}`,
    `\tMessage: ${status?.message ?? ""}`,
  ].join("\n");
}
