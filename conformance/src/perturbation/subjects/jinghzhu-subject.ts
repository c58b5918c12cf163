import { Pod } from "@operatorkit/object/kinds";
import { replicaSet } from "@operatorkit/replicaset-operator/app";
import { Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import type { ForeignAct, Stage, Subject } from "../subject.ts";
import { ifThere } from "./if-there.ts";

/** The ReplicaSet operator: children whose names the server makes up, so that nothing but counting keeps it from making too many. */
export const jinghzhuSubject: Subject = {
  name: "replicaset-operator",
  crds: [Jinghzhu],
  needsControllers: true,
  kinds: [Jinghzhu, Pod],
  story: [
    {
      name: "a and b come",
      run: async (stage) => {
        await create(stage, "a", 2);
        await create(stage, "b", 1);
      },
    },
    { name: "a is scaled out", run: (stage) => scale(stage, "a", 4) },
    {
      name: "b goes, c comes, d comes and goes",
      run: async (stage) => {
        await remove(stage, "b");
        await create(stage, "c", 2);
        await create(stage, "d", 1);
        await remove(stage, "d");
      },
    },
    { name: "a is scaled in", run: (stage) => scale(stage, "a", 1) },
  ],
  remove: { name: "a goes", run: (stage) => remove(stage, "a") },
  foreign: jinghzhuActs(),
  stateOf,
  start: replicaSet,
};

/** What the status says was done last is history: who starts after it was done has nothing to do, and says nothing. */
export function stateOf<T extends object>(object: T): T {
  if (!("status" in object) || typeof object.status !== "object" || object.status === null || !("podList" in object.status)) return object;
  const { message: _message, ...status } = object.status as { readonly message?: string };
  return { ...object, status };
}

export function jinghzhuActs(): readonly ForeignAct[] {
  return [
    {
      name: "somebody deletes a pod of a",
      leadsTo: "reference",
      remakes: ["Pod"],
      run: async ({ admin, namespace }) => {
        const [pod] = await admin.list(Pod, { namespace, labelSelector: "crd=a" }).toArray();
        if (pod !== undefined) await ifThere(admin.delete(Pod, pod.metadata));
      },
    },
    {
      name: "somebody deletes all pods of a",
      leadsTo: "reference",
      remakes: ["Pod"],
      run: ({ admin, namespace }) => admin.deleteCollection(Pod, { namespace, labelSelector: "crd=a" }),
    },
    {
      name: "somebody writes to the status of a",
      leadsTo: "reference",
      run: ({ admin, namespace }) => {
        const status = { current: 7, podList: [], state: "Failed" };
        return ifThere(admin.patch(Jinghzhu, { namespace, name: "a" }, { type: "merge", body: { status } }, { subresource: "status" }));
      },
    },
    { name: "somebody deletes a", leadsTo: "removal", run: (stage) => remove(stage, "a") },
  ];
}

function jinghzhu({ namespace }: Stage, name: string, desired: number): Jinghzhu {
  return { apiVersion: Jinghzhu.apiVersion, kind: Jinghzhu.kind, metadata: { name, namespace }, spec: { desired } };
}

async function create(stage: Stage, name: string, desired: number): Promise<void> {
  await stage.admin.create(jinghzhu(stage, name, desired));
}

function scale({ admin, namespace }: Stage, name: string, desired: number): Promise<void> {
  return ifThere(admin.patch(Jinghzhu, { namespace, name }, { type: "merge", body: { spec: { desired } } }));
}

function remove({ admin, namespace }: Stage, name: string): Promise<void> {
  return ifThere(admin.delete(Jinghzhu, { namespace, name }));
}
