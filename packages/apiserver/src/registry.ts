import type { ResourceDescriptor } from "./resource-descriptor.ts";

/** A group and its served versions, the preferred one first. */
export interface ApiGroup {
  readonly group: string;
  readonly versions: readonly string[];
}

/**
 * Which resources the server has right now. Built-in ones are there from the start; CRDs add, replace and remove theirs while it runs.
 * Guarantees: a descriptor never changes (a new one takes its place), `revision` rises with every change, and listeners are called after the change.
 */
export class Registry {
  readonly #byOwner = new Map<string, readonly ResourceDescriptor[]>();
  #byPath = new Map<string, ResourceDescriptor>();
  #byKind = new Map<string, ResourceDescriptor>();
  #byStorage = new Map<string, ResourceDescriptor[]>();
  readonly #listeners = new Set<() => void>();
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  /** The served resource at `/apis/<group>/<version>/…/<plural>`; the core group is `""`. */
  find(group: string, version: string, plural: string): ResourceDescriptor | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  findKind(group: string, version: string, kind: string): ResourceDescriptor | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  /** Every served resource, in the order of discovery. */
  list(): readonly ResourceDescriptor[] {
    return [...this.#byPath.values()];
  }

  /** The descriptors that share one storage, served or not. */
  ofStorage(storage: string): readonly ResourceDescriptor[] {
    return this.#byStorage.get(storage) ?? [];
  }

  /** Groups with at least one served resource, built-in ones first; versions in order of preference. */
  groups(): readonly ApiGroup[] {
    const groups = new Map<string, string[]>();
    for (const { group, version } of this.#byPath.values()) {
      const versions = groups.get(group) ?? [];
      if (!versions.includes(version)) versions.push(version);
      groups.set(group, versions);
    }
    return [...groups].map(([group, versions]) => ({ group, versions: versions.toSorted(compareVersions) }));
  }

  /** Sets what `owner` (a CRD's name, or `built-in`) contributes; an empty list takes it away. */
  set(owner: string, descriptors: readonly ResourceDescriptor[]): void {
    if (descriptors.length === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, descriptors);
    this.#index();
    this.#revision += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #index(): void {
    this.#byPath = new Map();
    this.#byKind = new Map();
    this.#byStorage = new Map();
    for (const descriptors of this.#byOwner.values()) {
      for (const descriptor of descriptors) {
        const { group, version, plural, kind, storage, served } = descriptor;
        const stored = this.#byStorage.get(storage);
        if (stored === undefined) this.#byStorage.set(storage, [descriptor]);
        else stored.push(descriptor);
        if (!served) continue;
        this.#byPath.set(`${group}/${version}/${plural}`, descriptor);
        this.#byKind.set(`${group}/${version}/${kind}`, descriptor);
      }
    }
  }
}

/** Kubernetes' order of preference: v2, v1, v1beta1, v1alpha1, then other names by the alphabet. Source: apimachinery `version/helpers.go`. */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor;
}

interface ParsedVersion {
  readonly major: number;
  readonly stability: number;
  readonly minor: number;
}

const STABILITY: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };

function parseVersion(version: string): ParsedVersion | undefined {
  const match = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/.exec(version);
  if (match === null) return undefined;
  return { major: Number(match[1]), stability: STABILITY[match[2] ?? ""] ?? 3, minor: Number(match[3] ?? 0) };
}
