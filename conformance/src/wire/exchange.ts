import type { Transport, TransportResponse } from "@operatorkit/api";

/** One request that came in over the wire, and the means to answer it well. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** `check`: a list of one object, for the sake of its version. */
  readonly verb: "list" | "check" | "watch" | "other";
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal;
  /** What a healthy server answers. */
  answer(): Promise<TransportResponse>;
  /** Answers well, but for how its bytes are written. */
  pass(write?: (piece: Buffer) => Promise<void>): Promise<void>;
}

/** What happens to a request, in place of an answer. Returning leaves the connection as it is. */
export type WireFault<E extends Exchange> = (exchange: E) => Promise<void> | void;

interface Planned<E extends Exchange> {
  readonly verb: "list" | "watch";
  readonly fault: WireFault<E>;
  left: number;
}

/** Which requests meet which fault, and when requests came. */
export class WirePlan<E extends Exchange> {
  readonly requestTimes: number[] = [];
  #planned: Planned<E>[] = [];
  #isUnmet = false;
  hits = 0;

  /** The next requests of this verb meet this fault, `times` of them. */
  meet(verb: "list" | "watch", fault: WireFault<E>, times = 1): void {
    this.#planned.push({ verb, fault, left: times });
    this.#isUnmet = true;
  }

  /** Ends every fault. */
  heal(): void {
    this.#planned = [];
  }

  /** Whether a fault acted, or none was planned. */
  get isReached(): boolean {
    return !this.#isUnmet || this.hits > 0;
  }

  async serve(exchange: E): Promise<void> {
    if (exchange.verb !== "other") this.requestTimes.push(performance.now());
    const planned = this.#planned.find(({ verb, left }) => verb === exchange.verb && left > 0);
    if (planned === undefined) return exchange.pass();
    planned.left -= 1;
    this.hits += 1;
    await planned.fault(exchange);
  }
}

export function verbOf(path: string): Exchange["verb"] {
  const url = new URL(path, "http://wire");
  if (!/\/(configmaps|gadgets)$/.test(url.pathname)) return "other";
  if (url.searchParams.get("watch") === "true") return "watch";
  return url.searchParams.get("limit") === "1" ? "check" : "list";
}

/** Asks the server behind. */
export function ask(api: Transport, method: string, path: string, signal: AbortSignal): Promise<TransportResponse> {
  return api.request({ method, path, headers: { accept: "application/json" }, signal });
}
