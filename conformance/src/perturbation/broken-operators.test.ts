import { ConfigMap } from "@operatorkit/object/kinds";
import { InformerController } from "@operatorkit/controller";
import { Informer } from "@operatorkit/informer";
import { Controller, generationChanged, isAlreadyExists, owned, sleep } from "operatorkit";
import { describe, expect, it } from "vitest";
import { judge } from "./judge.ts";
import type { Plan } from "./plan.ts";
import { runPlan, type Outcome } from "./run-plan.ts";
import type { ProcessContext, Subject } from "./subject.ts";
import { childName, childOf } from "./subjects/children.ts";
import { controllerSubject } from "./subjects/controller-subject.ts";
import { Widget } from "./subjects/widget.ts";
import { VirtualWorld } from "./virtual-world.ts";

const startWorld = (subject: Subject): Promise<VirtualWorld> => VirtualWorld.start(subject);

/** What a plan says of an operator, whose own run without faults is the reference. */
async function verdict(start: Subject["start"], choose: (story: Outcome) => Plan): Promise<string> {
  const subject: Subject = { ...controllerSubject, start };
  const story = await runPlan({ subject, plan: { type: "reference" }, startWorld });
  const removal = await runPlan({ subject, plan: { type: "reference" }, startWorld, isTheLastStepRemoval: true });
  const plan = choose(story);
  return judge(plan, await runPlan({ subject, plan, startWorld }), { story, removal }).join("\n");
}

function widgets(
  context: ProcessContext,
  options: Omit<ConstructorParameters<typeof Controller<Widget>>[0], "name" | "for">,
): Promise<void> {
  return new Controller<Widget>({ name: "widget", for: Widget, owns: [ConfigMap], ...options }).run(context);
}

const reference = (): Plan => ({ type: "reference" });

describe("an operator that", () => {
  it("makes what is missing without looking whether it made it before is found by a crash after the write", async () => {
    const start = (context: ProcessContext): Promise<void> => {
      const made = new Set<string>();
      return widgets(context, {
        async reconcile({ object, api, own }) {
          const { name, namespace = "default", uid = "" } = object.metadata;
          if (made.has(uid)) return;
          const { metadata: _, ...child } = childOf(object);
          await api.create<ConfigMap>(own({ ...child, metadata: { generateName: `${name}-child-`, namespace } }));
          made.add(uid);
        },
      });
    };
    expect(await verdict(start, () => ({ type: "crash", at: "after", write: 1 }))).toContain(
      "ConfigMap a-child-* of a: created 2 and deleted 0 times instead of 1 and 0",
    );
  });

  it("forgets its finalizer, so that nobody tells it of deletions it did not see, is found by a crash", async () => {
    const start = (context: ProcessContext): Promise<void> => {
      const { client, signal } = context;
      const children = new Set<string>();
      return widgets(context, {
        resyncMs: 5_000,
        async reconcile({ object, cache }) {
          children.add(object.metadata.name);
          await client.apply<ConfigMap>(childOf(object), { fieldManager: "widget" });
          const there = new Set(cache.list(Widget).map(({ metadata }) => metadata.name));
          for (const name of children) {
            if (there.has(name)) continue;
            await client.delete(ConfigMap, { namespace: context.namespace, name: childName(name) }, { signal });
            children.delete(name);
          }
        },
      });
    };
    const beforeDeleting = ({ writes }: Outcome): Plan => {
      const write = writes.find(({ method, path }) => method === "DELETE" && path.includes(childName("b")))?.number ?? 0;
      return { type: "crash", at: "before", write };
    };
    expect(await verdict(start, beforeDeleting)).toContain("ConfigMap b-child: created 1 and deleted 0 times instead of 1 and 1");
  });

  it("writes at every reconcile is found by a quiet restart", async () => {
    let written = 0;
    const start = (context: ProcessContext): Promise<void> =>
      widgets(context, {
        predicates: [generationChanged],
        async reconcile({ object, api }) {
          written += 1;
          const annotations = { written: `${written}` };
          await api.patch(Widget, object.metadata, { type: "merge", body: { metadata: { annotations } } });
        },
      });
    expect(await verdict(start, reference)).toMatch(/changes after a quiet restart; it sent PATCH/);
  });

  it("does not put right what others did is found by what others do", async () => {
    const start = (context: ProcessContext): Promise<void> =>
      widgets(context, {
        async reconcile({ object, api, own }) {
          try {
            await api.create<ConfigMap>(own(childOf(object)));
          } catch (error) {
            if (!isAlreadyExists(error)) throw error;
          }
        },
      });
    const act = controllerSubject.foreign.find(({ name }) => name === "somebody edits the child of a");
    if (act === undefined) throw new Error("there is no such act");
    expect(await verdict(start, () => ({ type: "foreign after step", act, step: 4 }))).toContain('"text":"wrong"');
  });

  it("makes children again from a copy that lags is found by a stale view: handlers of children have to ask the server", async () => {
    const start = async ({ client, signal, clock, logger }: ProcessContext): Promise<void> => {
      const widgetCopy = new Informer({ listWatch: client.listWatch(Widget), clock, logger });
      const ensureChild = async (widget: Widget | undefined): Promise<void> => {
        if (widget !== undefined) await client.apply<ConfigMap>(owned(childOf(widget), widget, Widget), { fieldManager: "widgets" });
      };
      const controller = new InformerController({
        informers: {
          widget: [widgetCopy],
          child: [new Informer({ listWatch: client.listWatch(ConfigMap, { labelSelector: "widget" }), clock, logger })],
        },
        watchers: { widget: [{ add: (widget) => ensureChild(widget as Widget) }] },
      });
      const ofCopy = ({ metadata: { namespace = "", labels } }: ConfigMap): Promise<void> =>
        ensureChild(widgetCopy.lister.get({ namespace, name: labels?.["widget"] ?? "" }));
      controller.addWatcher<ConfigMap>({ delete: ofCopy }, "child");
      await controller.run({ client, signal, clock, logger });
    };
    await expect(verdict(start, () => ({ type: "stale view", kind: "Widget", step: 3, forSteps: 1 }))).rejects.toThrow("it spins");
  });

  it("asks again and again without a pause is found by not coming to rest", async () => {
    const start = async (context: ProcessContext): Promise<void> => {
      while (!context.signal.aborted) await context.client.list(Widget, { namespace: context.namespace }).toArray();
    };
    await expect(verdict(start, reference)).rejects.toThrow("it spins");
  });

  it("leaves a timer behind is found when all has ended", async () => {
    const start = async ({ clock, signal }: ProcessContext): Promise<void> => {
      clock.setTimer(3_600_000, () => {});
      await sleep(3_600_000, { clock, signal }).catch(() => {});
    };
    expect(await verdict(start, reference)).toContain("left behind: 2 timers");
  });
});
