import dns, { type LookupAddress, type LookupOptions } from "node:dns";

type Answer = (error: NodeJS.ErrnoException | null, address?: string | LookupAddress[], family?: number) => void;

/** Host names under `world.test` that lead to this machine, or for a while nowhere; other names are looked up as ever. */
const known = new Map<string, { fails: boolean }>();
let isInstalled = false;
let made = 0;

/** A host name of a scenario's own, whose look-up can be made to fail. */
export class TestName implements Disposable {
  readonly host: string;
  readonly #entry = { fails: false };

  constructor() {
    install();
    made += 1;
    this.host = `server-${made}.world.test`;
    known.set(this.host, this.#entry);
  }

  /** From now on nobody knows the name; or again. */
  fail(fails: boolean): void {
    this.#entry.fails = fails;
  }

  [Symbol.dispose](): void {
    known.delete(this.host);
  }
}

/** Node asks `dns.lookup` for the address at each connection, as a property of the module. */
function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  // One of its many forms, and the only one that sockets use.
  const ask = dns.lookup as (host: string, options: LookupOptions, answer: Answer) => void;
  const lookup = (host: string, options: LookupOptions, answer: Answer): void => {
    const entry = known.get(host);
    if (entry === undefined) {
      ask(host, options, answer);
      return;
    }
    setImmediate(() => {
      if (entry.fails)
        answer(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: host }));
      else if (options.all === true) answer(null, [{ address: "127.0.0.1", family: 4 }]);
      else answer(null, "127.0.0.1", 4);
    });
  };
  Object.assign(dns, { lookup: Object.assign(lookup, ask) });
}
