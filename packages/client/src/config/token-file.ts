import { readFile } from "node:fs/promises";
import type { Clock } from "@operatorkit/observe";
import { ConfigError } from "./config-error.ts";
import type { Credentials } from "./credentials.ts";

export interface TokenFileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** How long a token that was read is used before the file is read again. @default 60000, as client-go's cachingTokenSource */
  readonly maxAgeMs?: number;
}

/**
 * A bearer token kept in a file that someone else rotates, as the kubelet does with a pod's service account token. Read
 * again every minute and after a 401. When a later read fails, the token already known goes on being used.
 */
export class TokenFile implements Credentials {
  readonly source: string;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  #token: string | undefined;
  #readAtMs = 0;
  #reading: Promise<string> | undefined;

  constructor({ path, clock, maxAgeMs = 60_000 }: TokenFileOptions) {
    this.source = `the token file ${path}`;
    this.#path = path;
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    const isFresh = this.#token !== undefined && this.#clock.monotonicMs() - this.#readAtMs < this.#maxAgeMs;
    const token = isFresh ? this.#token : await this.#read();
    return { authorization: `Bearer ${token}` };
  }

  async refresh(): Promise<boolean> {
    const before = this.#token;
    return (await this.#read()) !== before;
  }

  /** Requests that start together read the file once. */
  #read(): Promise<string> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<string> {
    try {
      const token = (await readFile(this.#path, "utf8")).trim();
      if (token === "") throw new ConfigError(`the token file ${this.#path} is empty`, { code: "FileUnreadable" });
      this.#token = token;
      this.#readAtMs = this.#clock.monotonicMs();
      return token;
    } catch (cause) {
      if (this.#token !== undefined) return this.#token;
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError(`the token file ${this.#path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
        code: "FileUnreadable",
        cause,
      });
    }
  }
}
