import type { Pod } from "operatorkit/kinds";

/** What a pod's turn has to tell, told apart by `type`. */
export type PodNews =
  | { readonly type: "add"; readonly pod: Pod }
  | { readonly type: "update"; readonly old: Pod; readonly pod: Pod }
  | { readonly type: "delete"; readonly pod: Pod };

/** Compares what was told of a pod with what there is now. Only a change of its phase is worth an update. */
export function podNews(told: Pod | undefined, now: Pod | undefined): readonly PodNews[] {
  if (told === undefined) return now === undefined ? [] : [{ type: "add", pod: now }];
  if (now === undefined) return [{ type: "delete", pod: told }];
  if (told.metadata.uid !== now.metadata.uid) {
    return [
      { type: "delete", pod: told },
      { type: "add", pod: now },
    ];
  }
  return told.status?.phase === now.status?.phase ? [] : [{ type: "update", old: told, pod: now }];
}

/** For people. */
export function podNewsText(news: PodNews): string {
  const lines = [`\nFind a Pod ${news.type} event.`, `\tName: ${news.pod.metadata.name}`];
  if (news.type === "update") lines.push(`\tOld Status: ${phaseOf(news.old)}`, `\tNew Status: ${phaseOf(news.pod)}`);
  else lines.push(`\tResource Version: ${news.pod.metadata.resourceVersion ?? ""}`);
  return lines.join("\n");
}

function phaseOf({ status }: Pod): string {
  return status?.phase ?? "";
}
