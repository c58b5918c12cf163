import type { Client } from "operatorkit";
import type { Told } from "./told.ts";

/** One object of a server, who looks after it, and what they were told. Closing it leaves nothing behind. */
export interface Stage extends AsyncDisposable {
  readonly told: Told;
  /** Resolves when nothing more happens by itself. */
  settle(): Promise<void>;
  /** What is held goes on, and what waits has all the time there is. Resolves with what is left of the object on the server then. */
  finish(): Promise<string>;
}

export interface StageOptions {
  /** An administrator's. */
  readonly admin: Client;
  readonly ref: { readonly namespace: string; readonly name: string };
  readonly signal: AbortSignal;
}
