import { entryOf } from "@operatorkit/api";
import type { Change } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { VanishedObjects } from "./vanished-objects.ts";

const OURS = "example.com/ours";
const THEIRS = "example.com/theirs";
const DELETING = "2026-01-01T00:00:00Z";

interface State {
  readonly uid?: string;
  readonly version?: string;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
}

function thing({ uid = "A", version = "5", ...metadata }: State): KubernetesObject {
  return { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "x", uid, resourceVersion: version, ...metadata } };
}

function change(type: Change["type"], state: State): Change {
  const entry = entryOf(thing(state));
  return { key: "x", type, entry, old: undefined, initial: false, finalStateUnknown: type === "delete" };
}

/** What is found after some changes and answers, as uid@version. */
function found(run: (objects: VanishedObjects<KubernetesObject>) => void, presentUid?: string): string | undefined {
  const objects = new VanishedObjects<KubernetesObject>({ finalizer: OURS });
  run(objects);
  const { uid, resourceVersion } = objects.next("x", presentUid)?.metadata ?? {};
  return uid === undefined ? undefined : `${uid}@${resourceVersion}`;
}

describe("an object that is gone", () => {
  it.each<[string, State, string | undefined]>([
    ["has vanished with our finalizer on it", { finalizers: [OURS] }, "A@5"],
    ["has vanished with ours among others", { finalizers: [THEIRS, OURS] }, "A@5"],
    ["was never ours, without a finalizer", {}, undefined],
    ["was never ours, or somebody took ours off before, with theirs alone", { finalizers: [THEIRS] }, undefined],
    ["was let go by us or somebody else, when it was being deleted", { finalizers: [OURS], deletionTimestamp: DELETING }, undefined],
    ["was let go before, when it was being deleted without ours", { finalizers: [THEIRS], deletionTimestamp: DELETING }, undefined],
  ])("%s", (_, state, expected) => {
    expect(found((objects) => objects.see(change("delete", state)))).toBe(expected);
  });

  it("is known by what the server answered, when the copy missed it", () => {
    expect(
      found((objects) => {
        objects.protected("x", thing({ version: "7", finalizers: [OURS] }));
        objects.see(change("delete", { version: "5" }));
      }),
    ).toBe("A@7");
  });

  it("is known by the answer that came after the copy had lost it, also when another one has its name", () => {
    const late = (objects: VanishedObjects<KubernetesObject>): void => {
      objects.see(change("delete", { version: "5" }));
      objects.protected("x", thing({ version: "7", finalizers: [OURS] }));
    };
    expect(found(late)).toBe("A@7");
    expect(
      found((objects) => {
        late(objects);
        objects.see(change("add", { uid: "B", version: "9" }));
      }, "B"),
    ).toBe("A@7");
  });

  it("is judged by the copy once that is as new as the answer", () => {
    expect(
      found((objects) => {
        objects.protected("x", thing({ version: "7", finalizers: [OURS] }));
        objects.see(change("update", { version: "8", finalizers: [THEIRS] }));
        objects.see(change("delete", { version: "8", finalizers: [THEIRS] }));
      }),
    ).toBeUndefined();
    expect(
      found((objects) => {
        objects.protected("x", thing({ version: "7", finalizers: [OURS] }));
        objects.see(change("delete", { version: "9", finalizers: [OURS], deletionTimestamp: DELETING }));
      }),
    ).toBeUndefined();
  });

  it("is told once, before those that had its name later, and until it is forgotten", () => {
    const objects = new VanishedObjects<KubernetesObject>({ finalizer: OURS });
    for (const uid of ["A", "A", "B"]) objects.see(change("delete", { uid, finalizers: [OURS] }));
    const uids: (string | undefined)[] = [];
    for (let next = objects.next("x", undefined); next !== undefined; next = objects.next("x", undefined)) {
      expect([objects.keys(), objects.next("x", undefined)]).toEqual([["x"], next]);
      uids.push(next.metadata.uid);
      objects.forget("x", next);
    }
    expect([uids, objects.keys()]).toEqual([["A", "B"], []]);
  });
});

it("an object that is there has not vanished, whatever was answered", () => {
  expect(found((objects) => objects.protected("x", thing({ finalizers: [OURS] })), "A")).toBeUndefined();
  expect(found((objects) => objects.protected("x", thing({ finalizers: [OURS], deletionTimestamp: DELETING })))).toBeUndefined();
});
