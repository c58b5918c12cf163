import { sleep } from "@operatorkit/observe";
import type { HandlerManner } from "./scenario.ts";
import type { Seen, Told } from "./subject.ts";

/** Handlers that take in what they are told, and then do what handlers should not. */
export function misbehaving(told: Told, manner: HandlerManner): Told {
  const after = (tell: (object: Seen) => void | Promise<void>) => (object: Seen) => {
    void tell(object);
    return misbehave(manner, object);
  };
  return {
    added: after((object) => told.added(object)),
    updated: after((object) => told.updated(object)),
    deleted: after((object) => told.deleted(object)),
  };
}

function misbehave(manner: HandlerManner, { name }: Seen): Promise<void> {
  switch (manner) {
    case "throw":
      throw new Error(`the handler fails at ${name}`);
    case "throw nothing":
      // oxlint-disable-next-line no-throw-literal -- that is what is tried out
      throw undefined;
    case "reject late":
      return sleep(5).then(() => Promise.reject(new Error(`the handler fails late at ${name}`)));
    case "hang":
      return new Promise(() => {});
  }
}
