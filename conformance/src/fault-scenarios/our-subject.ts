import { connect } from "@operatorkit/client";
import { KubernetesBasedInformer } from "@operatorkit/informer";
import { defineKind, type KubernetesObject } from "@operatorkit/object";
import { ConfigMap } from "@operatorkit/object/kinds";
import type { Seen, Subject } from "./subject.ts";

/** Limits on silence for tests of ten seconds: a tenth of the defaults and less. */
const SILENCE = { openMs: 1_500, listMs: 1_500, watchMs: 2_500, fillMs: 1_500 };

const Gadget = defineKind({ group: "example.com", version: "v1", kind: "Gadget", spec: { type: "object" } });

export const ourSubject: Subject = {
  name: "operatorkit",
  version: "this commit",
  setting: "KubernetesBasedInformer over connect(), with limits on silence shortened to 1.5–2.5 s",
  isStrict: true,
  parallel: 6,
  async start({ url, caFile, tokenFile, told, useWatchList, pageSize, isCustom, isSelective }) {
    const stop = new AbortController();
    const client = await connect({ kubeconfig: { text: kubeconfigOf(url, caFile, tokenFile) }, userAgent: "subject" });
    const informer = new KubernetesBasedInformer<KubernetesObject>({
      kind: isCustom ? Gadget : ConfigMap,
      client,
      namespace: "default",
      ...(isSelective && { labelFilters: ["keep=yes"] }),
      silence: SILENCE,
      useWatchList,
      pageSize,
      onError: () => {},
    });
    informer.addEventHandler({
      add: (object) => told.added(seen(object)),
      update: (_old, object) => told.updated(seen(object)),
      delete: (object) => told.deleted(seen(object)),
    });
    const running = informer.run({ signal: stop.signal });
    return {
      cache: () => new Map(informer.lister.list().map((object) => [object.metadata.name ?? "", seen(object)])),
      async verify(signal) {
        const differences = await informer.informer.verify({ signal, settleMs: 200 });
        return differences.map(({ type, key }) => `verify: ${key} is ${type}`);
      },
      async stop() {
        stop.abort();
        await running;
        await client.close();
      },
    };
  },
};

function kubeconfigOf(server: string, caFile: string | undefined, tokenFile: string | undefined): string {
  const cluster = { server, ...(caFile !== undefined && { "certificate-authority": caFile }) };
  return JSON.stringify({
    clusters: [{ name: "world", cluster }],
    users: [{ name: "world", user: tokenFile === undefined ? {} : { tokenFile } }],
    contexts: [{ name: "world", context: { cluster: "world", user: "world" } }],
    "current-context": "world",
  });
}

function seen({ metadata }: KubernetesObject): Seen {
  return { uid: metadata.uid ?? "", version: metadata.resourceVersion ?? "", name: metadata.name ?? "" };
}
