/** Hands out pod addresses from 10.244.0.0/16, each to one pod at a time. */
export class PodAddresses {
  readonly #byPod = new Map<string, string>();
  readonly #used = new Set<string>();
  #next = 1;

  /** The pod's address: the one it has, or the next free one. Throws when all 65,024 are taken. */
  of(uid: string, present?: string): string {
    const known = this.#byPod.get(uid);
    if (known !== undefined) return known;
    return this.#keep(uid, present !== undefined && !this.#used.has(present) ? present : this.#free());
  }

  /** How many pods have an address. */
  get size(): number {
    return this.#byPod.size;
  }

  /** Takes back the addresses of all pods but these. */
  retain(uids: ReadonlySet<string>): void {
    for (const [uid, address] of this.#byPod) {
      if (uids.has(uid)) continue;
      this.#byPod.delete(uid);
      this.#used.delete(address);
    }
  }

  #keep(uid: string, address: string): string {
    this.#byPod.set(uid, address);
    this.#used.add(address);
    return address;
  }

  #free(): string {
    for (let tried = 0; tried < SIZE; tried += 1) {
      const address = `10.244.${Math.floor(this.#next / 254)}.${(this.#next % 254) + 1}`;
      this.#next = (this.#next + 1) % SIZE;
      if (!this.#used.has(address)) return address;
    }
    throw new Error(`cannot give a pod an address: all ${SIZE} of 10.244.0.0/16 are taken; delete some pods`);
  }
}

/** 256 subnets of 254 addresses each. */
const SIZE = 256 * 254;
