import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { sleep } from "@operatorkit/observe";
import type { JsonBody } from "./raw-http.ts";

export interface WatchEventBody {
  readonly type: string;
  readonly object: JsonBody;
}

const NEXT_TIMEOUT_MS = 10_000;

/** The events of one watch, read one by one. */
export class WatchStream implements Disposable {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly #response: IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.on("error", () => undefined);
    this.#lines = createInterface({ input: response, crlfDelay: Infinity })[Symbol.asyncIterator]();
  }

  /** The next event; `undefined` when the server has ended the stream. Fails when neither comes within ten seconds. */
  async next(timeoutMs: number = NEXT_TIMEOUT_MS): Promise<WatchEventBody | undefined> {
    const abort = new AbortController();
    const late = sleep(timeoutMs, { signal: abort.signal }).then(
      () => {
        throw new Error(`the watch sent nothing within ${timeoutMs} ms`);
      },
      () => undefined as never,
    );
    try {
      const line = await Promise.race([this.#lines.next(), late]);
      return line.done === true ? undefined : (JSON.parse(line.value) as WatchEventBody);
    } finally {
      abort.abort();
    }
  }

  /** The next event, which must come. */
  async take(): Promise<WatchEventBody> {
    const event = await this.next();
    if (event === undefined) throw new Error("the watch ended");
    return event;
  }

  /** Events up to and with the first that fits. */
  async until(fits: (event: WatchEventBody) => boolean): Promise<WatchEventBody[]> {
    const events: WatchEventBody[] = [];
    for (;;) {
      const event = await this.take();
      events.push(event);
      if (fits(event)) return events;
    }
  }

  /** Fails when an event comes within the time. */
  async expectSilence(forMs: number): Promise<void> {
    const event = await this.next(forMs).catch(() => "silence" as const);
    if (event !== "silence") throw new Error(`the watch should have been silent, and sent ${JSON.stringify(event).slice(0, 300)}`);
  }

  close(): void {
    this.#response.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
