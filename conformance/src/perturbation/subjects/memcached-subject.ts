import { ConfigMap, Deployment, Service } from "@operatorkit/object/kinds";
import { Memcached } from "@operatorkit/sample-operator/memcached";
import { memcachedController } from "@operatorkit/sample-operator/memcached-controller";
import { Operator } from "operatorkit";
import type { Stage, Subject } from "../subject.ts";
import { deleteOwn } from "./delete-own.ts";
import { ifThere } from "./if-there.ts";

/** The sample operator. */
export const memcachedSubject: Subject = {
  name: "sample-operator",
  crds: [Memcached],
  needsControllers: true,
  kinds: [Memcached, Deployment, Service, ConfigMap],
  ledgers: ["memcached-addresses"],
  story: [
    {
      name: "a and b come",
      run: async (stage) => {
        await create(stage, "a", 2);
        await create(stage, "b", 1);
      },
    },
    { name: "a is scaled", run: (stage) => patch(stage, "a", { size: 3 }) },
    {
      name: "b goes, c comes, d comes and goes",
      run: async (stage) => {
        await remove(stage, "b");
        await create(stage, "c", 1);
        await create(stage, "d", 1);
        await remove(stage, "d");
      },
    },
    { name: "c gets more memory and is scaled", run: (stage) => patch(stage, "c", { memoryMegabytes: 128, size: 2 }) },
  ],
  remove: { name: "a goes", run: (stage) => remove(stage, "a") },
  foreign: [
    {
      name: "somebody scales the Deployment of a",
      leadsTo: "reference",
      run: ({ admin, namespace }) =>
        ifThere(admin.patch(Deployment, { namespace, name: "a" }, { type: "merge", body: { spec: { replicas: 5 } } })),
    },
    {
      name: "somebody deletes the Service of a",
      leadsTo: "reference",
      remakes: ["Service"],
      run: ({ admin, namespace }) => ifThere(admin.delete(Service, { namespace, name: "a" })),
    },
    {
      name: "somebody deletes the Deployment of a",
      leadsTo: "reference",
      remakes: ["Deployment"],
      run: ({ admin, namespace }) => ifThere(admin.delete(Deployment, { namespace, name: "a" })),
    },
    {
      name: "somebody removes all finalizers of a",
      leadsTo: "reference",
      run: ({ admin, namespace }) =>
        ifThere(admin.patch(Memcached, { namespace, name: "a" }, { type: "merge", body: { metadata: { finalizers: null } } })),
    },
    { name: "somebody deletes a", leadsTo: "removal", run: (stage) => remove(stage, "a") },
  ],
  start: ({ client, signal, clock, logger }) =>
    new Operator({ client, clock, logger, runnables: [memcachedController()], handleSignals: false }).run({ signal }),
};

function memcached({ namespace }: Stage, name: string, size: number): Memcached {
  return { apiVersion: Memcached.apiVersion, kind: Memcached.kind, metadata: { name, namespace }, spec: { size } };
}

async function create(stage: Stage, name: string, size: number): Promise<void> {
  await stage.admin.create(memcached(stage, name, size));
}

function patch({ admin, namespace }: Stage, name: string, spec: Partial<Memcached["spec"]>): Promise<void> {
  return ifThere(admin.patch(Memcached, { namespace, name }, { type: "merge", body: { spec } }));
}

function remove(stage: Stage, name: string): Promise<void> {
  return deleteOwn(stage, Memcached, name);
}
