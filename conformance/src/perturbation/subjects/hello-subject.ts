import { hello } from "@operatorkit/hello-operator/app";
import { Sample } from "@operatorkit/hello-operator/sample";
import type { Stage, Subject } from "../subject.ts";
import { ifThere } from "./if-there.ts";

/** The hello operator writes nothing: all there is to it is what people read. */
export const helloSubject: Subject = {
  name: "hello-operator",
  crds: [Sample],
  needsControllers: false,
  kinds: [Sample],
  story: [
    {
      name: "a and b come",
      run: async (stage) => {
        await create(stage, "a", "world");
        await create(stage, "b", "moon");
      },
    },
    { name: "a changes", run: (stage) => greet(stage, "a", "you") },
    {
      name: "b goes and comes again, d comes and goes",
      run: async (stage) => {
        await remove(stage, "b");
        await create(stage, "b", "sun");
        await create(stage, "d", "nobody");
        await remove(stage, "d");
      },
    },
    {
      name: "a changes twice",
      run: async (stage) => {
        await greet(stage, "a", "them");
        await greet(stage, "a", "us");
      },
    },
  ],
  remove: { name: "a goes", run: (stage) => remove(stage, "a") },
  foreign: [{ name: "somebody deletes a", leadsTo: "removal", run: (stage) => remove(stage, "a") }],
  view: toldOf,
  start: hello,
};

async function create({ admin, namespace }: Stage, name: string, greeted: string): Promise<void> {
  await admin.create({ apiVersion: Sample.apiVersion, kind: Sample.kind, metadata: { name, namespace }, spec: { hello: greeted } });
}

function greet({ admin, namespace }: Stage, name: string, greeted: string): Promise<void> {
  return ifThere(admin.patch(Sample, { namespace, name }, { type: "merge", body: { spec: { hello: greeted } } }));
}

function remove({ admin, namespace }: Stage, name: string): Promise<void> {
  return ifThere(admin.delete(Sample, { namespace, name }));
}

/** Whom each Sample greets, after all that was said; and what was said against itself. */
function toldOf(lines: readonly string[]): unknown {
  const known = new Map<string, string>();
  const nonsense: string[] = [];
  for (const line of lines) {
    const [, verb = "", name = "", rest = ""] = /^(Added|Updated|Deleted) Sample '(.*?)' (.*)$/.exec(line) ?? [];
    if (verb === "") continue;
    const greeted = rest.slice(rest.lastIndexOf("=") + 1);
    if ((verb === "Added") === known.has(name)) nonsense.push(line);
    if (verb === "Deleted") known.delete(name);
    else known.set(name, greeted);
  }
  return { known: [...known].toSorted(([a], [b]) => (a < b ? -1 : 1)), nonsense };
}
