import { compareResourceVersions } from "@operatorkit/object";
import type { WriteAnswer, WriteRequest } from "./process-transport.ts";

/** What became of an operator's writes, told by the server's version around them. */
export class WriteEffects {
  /** The numbers of writes that changed something. */
  readonly effective: number[] = [];
  /** The numbers of those that did not begin where the one before had ended. */
  readonly afterOthers: number[] = [];
  readonly #begun = new Map<number, { readonly version: string; readonly isAlone: boolean }>();
  #lastVersion: string | undefined;

  begin({ number }: WriteRequest, version: string): void {
    this.#begun.set(number, { version, isAlone: this.#begun.size === 0 });
  }

  end({ number, method }: WriteRequest, { status, text }: WriteAnswer, version: string): void {
    const begun = this.#begun.get(number);
    this.#begun.delete(number);
    if (begun === undefined || status >= 300) return;
    if (method !== "DELETE" && !isNewer(text, begun.version)) return;
    this.effective.push(number);
    if (!begun.isAlone || begun.version !== this.#lastVersion) this.afterOthers.push(number);
    this.#lastVersion = version;
  }
}

/** An apply or a patch that changes nothing is answered with the object at the version it had. */
function isNewer(text: string, version: string): boolean {
  const { metadata } = JSON.parse(text) as { readonly metadata?: { readonly resourceVersion?: string } };
  return (compareResourceVersions(metadata?.resourceVersion ?? "", version) ?? 1) > 0;
}
