import { entryOf, type ListWatch, type ObjectEntry } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { Informer } from "./informer.ts";
import { Widget, type FakeServer } from "./testing/fake-server.ts";
import { Lab } from "./testing/lab.ts";

const withoutColor = ({ spec, ...rest }: Widget): Widget => ({ ...rest, spec: { ...(spec?.node !== undefined && { node: spec.node }) } });

/** Counts how often objects are read, as a lazy entry would parse them. */
function lazy(server: FakeServer, onRead: () => void): ListWatch<Widget> {
  const reading = ({ key, uid, resourceVersion, object }: ObjectEntry<Widget>): ObjectEntry<Widget> => ({
    key,
    uid,
    resourceVersion,
    get object() {
      onRead();
      return object;
    },
  });
  return {
    kind: server.kind,
    list: async (request) => {
      const page = await server.list(request);
      return { ...page, entries: page.entries.map(reading) };
    },
    watch: (request) => server.watch(request),
  };
}

describe("a transform", () => {
  it("makes what is kept, indexed and told of each object, listed or watched", async () => {
    const lab = new Lab({
      transform: withoutColor,
      indexes: { color: ({ spec }) => spec?.color, node: ({ spec }) => spec?.node },
    });
    lab.server.create("a", { color: "red", node: "n1" });
    await lab.start();
    lab.server.create("b", { color: "blue", node: "n1" });
    const told: unknown[] = [];
    lab.informer.addEventHandler({ add: ({ spec }) => void told.push(spec), update: (_old, { spec }) => void told.push(spec) });
    lab.server.update("b", { color: "green" });
    await lab.settle();
    expect(lab.informer.lister.list().map(({ spec }) => spec)).toEqual([{ node: "n1" }, { node: "n1" }]);
    expect(lab.informer.lister.byIndex("node", "n1")).toHaveLength(2);
    expect(lab.informer.lister.byIndex("color", "green")).toEqual([]);
    expect(told).toEqual([{ node: "n1" }, { node: "n1" }, { node: "n1" }]);
    expect(await lab.conclude()).toEqual([]);
  });

  it("is called once for each version that is read, and not for what nobody reads", async () => {
    let reads = 0;
    let calls = 0;
    const lab = new Lab();
    for (const name of ["a", "b", "c"]) lab.server.create(name);
    const informer = new Informer<Widget>({
      listWatch: lazy(lab.server, () => (reads += 1)),
      clock: lab.clock,
      transform: (widget) => {
        calls += 1;
        return { ...widget };
      },
    });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    await lab.settle();
    expect(informer.lister.keys()).toHaveLength(3);
    expect(informer.lister.entry("default/a")?.resourceVersion).toBe("101");
    expect([reads, calls]).toEqual([0, 0]);
    const object = informer.lister.get("default/a");
    expect(informer.lister.get("default/a")).toBe(object);
    expect([reads, calls]).toEqual([1, 1]);
    expect(informer.lister.entry("default/a")).toMatchObject({ uid: "uid-1", resourceVersion: "101" });
    stop.abort();
    await lab.settle();
    await running;
  });

  const broken: readonly (readonly [string, (widget: Widget) => unknown, string])[] = [
    ["changes the name", (widget) => ({ ...widget, metadata: { ...widget.metadata, name: "z" } }), "it changed metadata.name"],
    [
      "drops the namespace",
      (widget) => ({ ...widget, metadata: { ...widget.metadata, namespace: undefined } }),
      "it changed metadata.namespace",
    ],
    ["drops the uid", (widget) => ({ ...widget, metadata: { ...widget.metadata, uid: undefined } }), "it changed metadata.uid"],
    [
      "changes the version",
      (widget) => ({ ...widget, metadata: { ...widget.metadata, resourceVersion: "1" } }),
      "it changed metadata.resourceVersion",
    ],
    ["changes the kind", (widget) => ({ ...widget, kind: "Gadget" }), "it changed kind"],
    ["returns nothing", () => undefined, "it returned something that is not an object with metadata"],
    ["is asynchronous", (widget) => Promise.resolve(widget), "it returned something that is not an object with metadata"],
  ];
  it.each(broken)("that %s is reported, and the object kept as it came", async (_what, transform, why) => {
    const errors: [string, object][] = [];
    const lab = new Lab({
      transform: transform as (widget: Widget) => Widget,
      onError: (error, context) => void errors.push([String(error), context]),
    });
    lab.server.create("a", { color: "red" });
    await lab.start();
    expect(errors).toEqual([
      [`TypeError: transform of Widget default/a: ${why}; the object is kept as it came`, { during: "transform", key: "default/a" }],
    ]);
    expect(lab.informer.lister.get("default/a")).toMatchObject({ metadata: { name: "a" }, spec: { color: "red" } });
    expect(await lab.conclude()).toEqual([]);
  });

  it("that throws is reported, and the object kept as it came", async () => {
    const lab = new Lab({
      transform: () => {
        throw new Error("no");
      },
    });
    lab.server.create("a", { color: "red" });
    await lab.start();
    expect(lab.errors).toEqual([new Error("no")]);
    expect(lab.informer.lister.get("default/a")?.spec).toEqual({ color: "red" });
    expect(await lab.conclude()).toEqual([]);
  });

  it("gets an object that cannot be changed by accident", async () => {
    const lab = new Lab({
      listWatch: {
        kind: Widget,
        list: () => Promise.resolve({ entries: [entryOf(changeable())], resourceVersion: "1" }),
        watch: () => new Promise(() => {}),
      },
      transform: (widget) => {
        (widget as { spec?: object }).spec = {};
        return widget;
      },
    });
    await lab.start();
    expect(lab.errors.map(String)).toEqual([expect.stringContaining("read only property 'spec'")]);
    expect(await lab.stop()).toEqual([]);
  });
});

function changeable(): Widget {
  return {
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "a", namespace: "default", uid: "u", resourceVersion: "1" },
    spec: {},
  };
}
