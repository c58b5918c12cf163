import { Controller, isConflict, isNotFound, type Manifest } from "operatorkit";
import { Pod } from "operatorkit/kinds";
import { CRD_LABEL, Jinghzhu } from "./jinghzhu.ts";
import { alive, scalingFor } from "./scaling.ts";

/** A container that does nothing, as the original runs. */
function workerFor({ metadata }: Jinghzhu): Manifest<Pod> {
  const resources = { cpu: "300m", memory: "400Mi" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { generateName: "jinghzhu-worker-", labels: { [CRD_LABEL]: metadata.name } },
    spec: {
      restartPolicy: "Never",
      containers: [
        { name: "worker", image: "busybox:1.36", command: ["sleep", "infinity"], resources: { requests: resources, limits: resources } },
      ],
    },
  };
}

/**
 * Keeps `desired` pods alive for each Jinghzhu. The pods are its own (they go with it), and their changes give it a turn, so a pod that
 * is deleted is replaced at once, and one that scaling in deleted is never taken for a loss: there is no count to fall behind.
 */
export function jinghzhuController({ print = () => {} }: { readonly print?: (line: string) => void } = {}): Controller<Jinghzhu> {
  return new Controller({
    name: "jinghzhu",
    for: Jinghzhu,
    owns: [Pod],
    concurrency: 2,

    async reconcile({ object, key, api, own, cache, event }) {
      const { create, remove, keep, message } = scalingFor(object, cache.owned(Pod));
      if (message === undefined) {
        print(`No need to scale ${key}: ${keep.length} of ${object.spec.desired} pods are alive`);
      } else {
        print(`${message}: ${key} has ${keep.length + remove.length} pods, ${object.spec.desired} are desired`);
        event(
          "Normal",
          message.replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase()),
          `${keep.length + remove.length} of ${object.spec.desired} pods are alive`,
        );
      }
      for (const { metadata } of remove) {
        await api.delete(Pod, metadata, { preconditions: { uid: metadata.uid ?? "" } }).catch((error: unknown) => {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        });
      }
      const created: Pod[] = [];
      for (let i = 0; i < create; i += 1) created.push(await api.create<Pod>(own(workerFor(object))));
      const podList = alive([...keep, ...created]).map(({ metadata }) => metadata.name);
      const said = message ?? object.status?.message;
      return {
        status: { ...object.status, current: podList.length, podList, state: "Running", ...(said !== undefined && { message: said }) },
      };
    },
  });
}
