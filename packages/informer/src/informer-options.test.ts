import type { Client } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { DeterministicInformer } from "./deterministic-informer.ts";
import { Informer } from "./informer.ts";
import { KubernetesBasedInformer } from "./kubernetes-based-informer.ts";
import { Lister } from "./lister.ts";
import { SharedInformers } from "./shared-informers.ts";
import { Store } from "./store.ts";
import { FakeServer, Widget } from "./testing/fake-server.ts";

const listWatch = new FakeServer({ clock: new ManualClock() });
const client = { listWatch: () => listWatch } as unknown as Pick<Client, "listWatch">;
const signal = AbortSignal.abort();

/** As of callers without types. */
const makes = {
  Informer: (options: unknown) => new Informer(options as never),
  KubernetesBasedInformer: (options: unknown) => new KubernetesBasedInformer(options as never),
  DeterministicInformer: (options: unknown) => new DeterministicInformer(options as never),
  SharedInformers: (options: unknown) => new SharedInformers(options as never),
};
type Name = keyof typeof makes;

const working: Record<Name, object> = {
  Informer: { listWatch },
  KubernetesBasedInformer: { kind: Widget, client },
  DeterministicInformer: { listWatch },
  SharedInformers: { client },
};
const names = Object.keys(makes) as Name[];

const A_LIST_WATCH = "must be a ListWatch, with kind, list and watch; client.listWatch(kind) makes one";
const A_CLIENT = "must be a client, with listWatch; connect() of @operatorkit/client makes one";
const A_KIND = "must be a kind: one of @operatorkit/object/kinds, or made by defineKind";

/** What whoever makes an informer may give it. */
const ofInformers: readonly (readonly [object, string])[] = [
  [{ name: "" }, 'name: "" must be a string, and not empty'],
  [{ indexes: { node: "spec.nodeName" } }, 'indexes.node: "spec.nodeName" must be a function'],
  [{ indexes: { node: undefined } }, "indexes.node: is missing, and must be a function"],
  [{ transform: {} }, "transform: an object must be a function"],
  [{ resyncMs: 0 }, "resyncMs: 0 must be a number above 0"],
  [{ handlerAlarmMs: Number.NaN }, "handlerAlarmMs: NaN must be a number above 0"],
  [{ staleAfterMs: -1 }, "staleAfterMs: -1 must be a number above 0"],
  [{ stopGraceMs: "5" }, 'stopGraceMs: "5" must be a number, 0 or more'],
  [{ pageSize: 1.5 }, "pageSize: 1.5 must be a whole number, 1 or more"],
  [{ silence: 5 }, "silence: 5 must be an object"],
  [{ silence: { watchMs: 0 } }, "silence.watchMs: 0 must be a number above 0"],
  [{ useWatchList: "yes" }, 'useWatchList: "yes" must be true or false'],
  [{ random: 0.5 }, "random: 0.5 must be a function"],
];
/** What everything here may be given. */
const ofAll: readonly (readonly [object, string])[] = [
  [{ clock: Date }, "clock: a function must be a Clock, with now, monotonicMs, setTimer"],
  [{ logger: null }, "logger: null must be a Logger, with debug, info, warn, error, with; pinoLogger() makes one of a pino of yours"],
  [{ metrics: true }, "metrics: true must be Metrics, with counter, gauge, histogram"],
];
const reports: readonly [object, string] = [{ onError: "log" }, 'onError: "log" must be a function'];

const wrong: Record<Name, readonly (readonly [object, string])[]> = {
  Informer: [
    [{ listWatch: null }, `listWatch: null ${A_LIST_WATCH}`],
    [{ listWatch: { kind: Widget, list: listWatch.list } }, `listWatch: an object ${A_LIST_WATCH}`],
    [{ listWatch: { list: listWatch.list, watch: listWatch.watch } }, `listWatch: an object ${A_LIST_WATCH}`],
    ...ofInformers,
    ...ofAll,
    reports,
  ],
  KubernetesBasedInformer: [
    [{ kind: "Widget" }, `kind: "Widget" ${A_KIND}`],
    [{ kind: { kind: "Widget" } }, `kind: an object ${A_KIND}`],
    [{ client: {} }, `client: an object ${A_CLIENT}`],
    [{ namespace: ["a"] }, "namespace: a list must be a string; leave it out for all namespaces"],
    [{ labelSelector: { app: "web" } }, "labelSelector: an object must be a label selector, such as app=web"],
    [{ labelFilters: "app=echo" }, 'labelFilters: "app=echo" must be a list'],
    [{ labelFilters: [7] }, "labelFilters[0]: 7 must be a label selector, such as app=web"],
    [{ fieldSelector: true }, "fieldSelector: true must be a field selector, such as metadata.name=web"],
    [{ convert: "json" }, 'convert: "json" must be a function'],
    ...ofInformers,
    ...ofAll,
    reports,
  ],
  DeterministicInformer: [
    [{ listWatch: {} }, `listWatch: an object ${A_LIST_WATCH}`],
    [{ resyncPeriodMs: 0 }, "resyncPeriodMs: 0 must be a number above 0"],
    [{ rateWaitMs: -1 }, "rateWaitMs: -1 must be a number, 0 or more"],
    [{ decode: 7 }, "decode: 7 must be a function"],
    ...ofInformers,
    ...ofAll,
    reports,
  ],
  SharedInformers: [
    [{ client: listWatch }, `client: an object ${A_CLIENT}`],
    [{ defaults: 5 }, "defaults: 5 must be an object"],
    [{ defaults: { pageSize: 0 } }, "defaults.pageSize: 0 must be a whole number, 1 or more"],
    ...ofAll,
  ],
};

describe.each(names)("%s", (name) => {
  it.each([undefined, null, 1, "options", []])("refuses %s for options", (options) => {
    expect(() => makes[name](options)).toThrow(new TypeError(`${name}: options are missing; give one object of them`));
  });

  it("refuses options without what it cannot do without", () => {
    const missing = {
      Informer: "listWatch",
      KubernetesBasedInformer: "kind",
      DeterministicInformer: "listWatch",
      SharedInformers: "client",
    };
    expect(() => makes[name]({})).toThrow(`${name}: ${missing[name]}: is missing, and must be `);
  });

  it.each(wrong[name])("refuses %j, naming the option", (options, why) => {
    const told = () => makes[name]({ ...working[name], ...options });
    expect(told).toThrow(new TypeError(`${name}: ${why}`));
  });

  it("takes what works", () => {
    expect(makes[name](working[name])).toBeDefined();
  });
});

describe("a selector that no server would take is refused at once, with what is wrong in it:", () => {
  it.each([
    [{ labelFilters: ["app=echo", "a in"] }, "labelFilters[1]: "],
    [{ labelSelector: "((" }, "labelSelector: "],
    [{ fieldSelector: "metadata.name" }, "fieldSelector: "],
  ])("%j", (options, message) => {
    expect(() => new KubernetesBasedInformer({ kind: Widget, client, ...options })).toThrow(`KubernetesBasedInformer: ${message}`);
  });
});

describe("what is given later", () => {
  const informer = new Informer({ listWatch });
  const informers = new SharedInformers({ client });
  const converting = new KubernetesBasedInformer({ kind: Widget, client, convert: (widget) => widget });

  it.each<[string, (value: never) => unknown, unknown, string]>([
    ["a handler", (handler) => informer.addEventHandler(handler), undefined, "handler: is missing, and must be an object"],
    ["a handler", (handler) => informer.addEventHandler(handler), { add: 1 }, "handler.add: 1 must be a function"],
    ["a handler of a converter", (handler) => converting.addEventHandler(handler), { update: 1 }, "handler.update: 1 must be a function"],
    ["a key listener", (listener) => informer.onKeys(listener), {}, "listener: an object must be a function"],
    ["an index", (index) => informer.addIndex("node", index), "node", 'index "node": index: "node" must be a function'],
    ["a kind to share", (kind) => informers.for(kind), undefined, `SharedInformers: kind: is missing, and ${A_KIND}`],
    ["a scope", (scope) => informers.for(Widget, scope), null, "SharedInformers: scope: null must be an object"],
    ["a scope", (scope) => informers.for(Widget, scope), { labelSelector: 1 }, "SharedInformers: scope.labelSelector: 1 must be a label"],
    ["a share", (share) => informers.for(Widget, {}, share), { indexes: { a: 1 } }, "SharedInformers: options.indexes.a: 1 must be"],
    ["a store's index", (index) => new Store({ indexes: index }), { a: 1 }, "Store: indexes.a: 1 must be a function"],
    ["a lister's store", (store) => new Lister(store), undefined, "Lister: store: is missing, and must be a Store, with "],
    ["a lister's options", (options) => new Lister(new Store(), options), null, "Lister: options: null must be an object"],
  ])("%s is looked at, too", (_, give, value, why) => {
    expect(() => give(value as never)).toThrow(why);
    expect(() => give(value as never)).toThrow(TypeError);
  });

  it("a signal is looked at, too, and what was refused can be run well afterwards", async () => {
    const made = new Informer({ listWatch, name: "widgets", clock: new ManualClock() });
    await expect(made.run(undefined as never)).rejects.toThrow("widgets: options are missing");
    await expect(made.run({} as never)).rejects.toThrow("widgets: signal: is missing, and must be an AbortSignal");
    await expect(made.verify({ signal, settleMs: -1 })).rejects.toThrow("widgets: settleMs: -1 must be a number, 0 or more");
    await expect(informers.run({ signal: new AbortController() } as never)).rejects.toThrow("SharedInformers: signal: an object must be");
    await made.run({ signal });
  });
});
