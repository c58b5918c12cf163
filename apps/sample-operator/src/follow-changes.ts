import { KubernetesBasedInformer, SimpleWatcher, keyOf, type Client, type Kind, type KubernetesObject } from "operatorkit";
import { Deployment, Event, Pod } from "operatorkit/kinds";
import { describeDeployment, describeEvent, describeMemcached, describePod } from "./change.ts";
import { Memcached } from "./memcached.ts";
import type { View } from "./view.ts";

export interface FollowOptions {
  readonly client: Client;
  readonly view: View;
  readonly signal: AbortSignal;
  /** Also the Deployments, Pods and Events that belong to Memcacheds. */
  readonly children: boolean;
}

/** Tells the view of every change of a Memcached, and of what belongs to it. Resolves when `signal` was aborted. */
export async function followChanges({ client, view, signal, children }: FollowOptions): Promise<void> {
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
    ...(children
      ? [
          informer(Deployment, ours, describeDeployment),
          informer(Pod, ours, describePod),
          informer(Event, { fieldSelector: "involvedObject.kind=Memcached" }, describeEvent),
        ]
      : []),
  ];
  await Promise.all(informers.map((each) => each.run({ signal })));
}
