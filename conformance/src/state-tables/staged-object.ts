import { ignoreNotFound, type Client } from "operatorkit";
import { BEGUN, LEGACY, OURS, THEIRS, type Widget } from "./widget.ts";

const WORDS = new Map([
  [OURS, "ours"],
  [BEGUN, "begun"],
  [LEGACY, "legacy"],
  [THEIRS, "theirs"],
]);

export interface StagedObjectOptions {
  readonly admin: Client;
  readonly kind: typeof Widget;
  readonly ref: { readonly namespace: string; readonly name: string };
}

/** The object of a cell, as an administrator sees it and changes it. */
export class StagedObject {
  readonly #options: StagedObjectOptions;
  readonly #uids: string[] = [];

  constructor(options: StagedObjectOptions) {
    this.#options = options;
  }

  async create(metadata: Partial<Widget["metadata"]> = {}): Promise<void> {
    const { admin, kind, ref } = this.#options;
    const { apiVersion, kind: name } = kind;
    await admin.create<Widget>({ apiVersion, kind: name, metadata: { ...metadata, ...ref }, spec: { text: "one" } });
  }

  /** Another text each time, so that the generation goes up. */
  changeSpec(): Promise<void> {
    return this.patch({ spec: { text: crypto.randomUUID() } });
  }

  async patch(body: object, subresource?: "status"): Promise<void> {
    const { admin, kind, ref } = this.#options;
    await admin.patch(kind, ref, { type: "merge", body }, subresource === undefined ? {} : { subresource });
  }

  async delete(): Promise<void> {
    const { admin, kind, ref } = this.#options;
    await admin.delete(kind, ref);
  }

  /** Deleted, whatever holds it. */
  async remove(): Promise<void> {
    const live = await this.live();
    if (live === undefined) return;
    if (live.metadata.deletionTimestamp === undefined) await this.delete();
    // Without finalizers it is gone by now.
    await ignoreNotFound(this.patch({ metadata: { finalizers: null } }));
  }

  live(): Promise<Widget | undefined> {
    const { admin, kind, ref } = this.#options;
    return ignoreNotFound(admin.get(kind, ref));
  }

  /** Its generation, with a prime for every object of the name that there was before. */
  version({ metadata: { uid = "", generation } }: Widget): string {
    // Handlers may know of it before the answer to its creation is there; of one that is gone they knew before.
    if (!this.#uids.includes(uid)) this.#uids.push(uid);
    return `${generation}${"'".repeat(this.#uids.indexOf(uid))}`;
  }

  /** Its version, whether it is being deleted, and whose finalizers are on it. */
  describe(object: Widget | undefined): string {
    if (object === undefined) return "gone";
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    const names = finalizers.map((finalizer) => WORDS.get(finalizer) ?? finalizer);
    return [this.version(object), ...(deletionTimestamp === undefined ? [] : ["going"]), ...names].join(" ");
  }
}
