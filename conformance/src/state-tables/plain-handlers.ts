import type { ResourceReconciler } from "@operatorkit/controller";
import type { ResourceWatcher } from "operatorkit";
import type { InformerControllerStage } from "./informer-controller-stage.ts";
import type { Widget } from "./widget.ts";

/** A watcher that notes what it is told. */
export function plainWatcher(name: string, { told, object }: InformerControllerStage): ResourceWatcher<Widget> {
  return {
    add: (added, { attempt, initial = false, signal }) =>
      told.hear(name, `add ${object.version(added)}${initial ? "^" : ""}${nth(attempt)}`, signal),
    update(old, updated, { attempt, signal }) {
      const sign = old.metadata.resourceVersion === updated.metadata.resourceVersion ? "=" : ">";
      return told.hear(name, `update ${object.version(old)}${sign}${object.version(updated)}${nth(attempt)}`, signal);
    },
    delete: (deleted, { attempt, finalStateUnknown = false, signal }) =>
      told.hear(name, `delete ${object.version(deleted)}${finalStateUnknown ? "?" : ""}${nth(attempt)}`, signal),
  };
}

/** A reconciler that notes what it is told. */
export function plainReconciler(name: string, { told, object: staged }: InformerControllerStage): ResourceReconciler<Widget> {
  return {
    reconcile: ({ action, object, attempt, signal }) => told.hear(name, `${action} ${staged.version(object)}${nth(attempt)}`, signal),
  };
}

function nth(attempt = 0): string {
  return attempt === 0 ? "" : ` #${attempt}`;
}
