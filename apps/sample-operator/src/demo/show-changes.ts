import type { AppContext } from "@operatorkit/app-kit";
import { KubernetesBasedInformer, SimpleWatcher, keyOf, type Kind, type KubernetesObject } from "operatorkit";
import { Deployment, Event, Pod } from "operatorkit/kinds";
import { Memcached } from "../memcached.ts";
import { describeDeployment, describeEvent, describeMemcached, describePod } from "./change.ts";
import { liveView } from "./live-view.ts";
import { lineView } from "./view.ts";

/**
 * Shows every change of a Memcached, and on the embedded cluster those of what belongs to it: a table on a terminal, lines elsewhere.
 * Resolves when `signal` was aborted.
 */
export async function showChanges({ client, signal, print, screen, isEmbedded }: AppContext): Promise<void> {
  const view = screen === undefined ? lineView(print, Date.now) : liveView(screen, Date.now);
  const memcacheds = new Map<string, Memcached>();
  const ours = { labelSelector: "app.kubernetes.io/name=memcached" };
  const show = (memcached: Memcached, gone = false): void => {
    if (gone) memcacheds.delete(keyOf(memcached));
    else memcacheds.set(keyOf(memcached), memcached);
    view.memcacheds([...memcacheds.values()]);
  };

  function informer<T extends KubernetesObject>(
    kind: Kind<T>,
    scope: { readonly labelSelector?: string; readonly fieldSelector?: string },
    describe: (object: T) => string,
    also?: (object: T, gone?: boolean) => void,
  ) {
    const result = new KubernetesBasedInformer<T>({ kind, client, ...scope });
    const tell = (object: T, gone = false): void => {
      view.changed({ subject: `${kind.kind} ${keyOf(object)}`, text: gone ? "gone" : describe(object) });
      also?.(object, gone);
    };
    result.addEventHandler(
      new SimpleWatcher<T>({
        add: (object) => tell(object),
        update: (_old, object) => tell(object),
        delete: (object) => tell(object, true),
      }),
    );
    return result;
  }

  const informers = [
    informer(Memcached, {}, describeMemcached, show),
    ...(isEmbedded
      ? [
          informer(Deployment, ours, describeDeployment),
          informer(Pod, ours, describePod),
          informer(Event, { fieldSelector: "involvedObject.kind=Memcached" }, describeEvent),
        ]
      : []),
  ];
  try {
    await Promise.all(informers.map((each) => each.run({ signal })));
  } finally {
    view.close();
  }
}
