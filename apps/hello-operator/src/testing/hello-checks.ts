import { expectEqual, type AppCheck, type World } from "@operatorkit/app-kit/testing";
import { hello } from "../hello-app.ts";
import { Sample } from "../sample.ts";

const WATCHING = "Watching the sample resource";
const EXITING = "Shutdown signal received, exiting...";

function start(world: World): { readonly stop: () => Promise<void> } {
  return world.start("hello-operator", (context) => hello({ ...context, namespace: world.namespace }));
}

function create(world: World, name: string, greeted?: string): Promise<Sample> {
  return world.admin.create<Sample>({
    apiVersion: "myproject.io/v1alpha1",
    kind: "Sample",
    metadata: { name, namespace: world.namespace },
    spec: greeted === undefined ? {} : { hello: greeted },
  });
}

/** What the hello operator does, told in checks that run on the embedded cluster and on a real API server. */
export const helloChecks: readonly AppCheck[] = [
  {
    name: "hello: prints one line for each sample that is added, updated and deleted, and one when it stops",
    async run(world) {
      await create(world, "there", "world");
      const { stop } = start(world);
      await world.printed("Added Sample 'there' with Hello=world");
      await create(world, "new");
      await world.printed("Added Sample 'new' with Hello=");
      await world.admin.patch(Sample, world.ref("there"), { type: "merge", body: { spec: { hello: "you" } } });
      await world.printed("Updated Sample 'there' from Hello=world to Hello=you");
      await world.admin.delete(Sample, world.ref("there"));
      await world.printed("Deleted Sample 'there' with Hello=you");
      await stop();
      expectEqual("all lines", world.lines, [
        WATCHING,
        "Added Sample 'there' with Hello=world",
        "Added Sample 'new' with Hello=",
        "Updated Sample 'there' from Hello=world to Hello=you",
        "Deleted Sample 'there' with Hello=you",
        EXITING,
      ]);
    },
  },
  {
    name: "hello: after a restart it is told what is there, and nothing of what has gone",
    async run(world) {
      const { stop } = start(world);
      await create(world, "gone", "1");
      await create(world, "stays", "2");
      await world.printed("Added Sample 'stays' with Hello=2");
      await stop();
      await world.admin.delete(Sample, world.ref("gone"));
      world.lines.length = 0;
      const again = start(world);
      await world.printed("Added Sample 'stays' with Hello=2");
      await again.stop();
      expectEqual("all lines", world.lines, [WATCHING, "Added Sample 'stays' with Hello=2", EXITING]);
    },
  },
];
