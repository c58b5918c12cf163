import type { Report } from "./suite.ts";
import type { TargetName } from "./target.ts";

/** How one check ended. A known difference counts as passed; one that has gone counts as failed. */
export type Outcome = "passed" | "failed" | "skipped" | "known difference";

export interface Result {
  readonly target: TargetName;
  readonly suite: string;
  readonly check: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** What went wrong, why it was skipped, or how it is known to differ. */
  readonly detail?: string;
}

/** A figure that a suite measured. */
export interface Measure {
  readonly target: TargetName;
  readonly what: string;
  readonly figure: string;
}

/** Collects the results of all suites and judges them by the known differences. */
export class Results {
  readonly #results: Result[] = [];
  readonly #measures: Measure[] = [];
  readonly #known: Readonly<Record<string, string>>;

  constructor(options: { readonly knownDifferences: Readonly<Record<string, string>> }) {
    this.#known = options.knownDifferences;
  }

  get all(): readonly Result[] {
    return this.#results;
  }

  get measures(): readonly Measure[] {
    return this.#measures;
  }

  count(outcome: Outcome): number {
    return this.#results.filter((result) => result.outcome === outcome).length;
  }

  reportFor(target: TargetName, suite: string): Report {
    const add = (check: string, outcome: Outcome, durationMs: number, detail?: string): void => {
      this.#results.push({ target, suite, check, outcome, durationMs, ...(detail === undefined ? {} : { detail }) });
    };
    const known = (check: string): string | undefined =>
      target === "ours" && Object.hasOwn(this.#known, check) ? this.#known[check] : undefined;
    return {
      passed: (check, durationMs) => {
        if (known(check) === undefined) add(check, "passed", durationMs);
        else add(check, "failed", durationMs, "it passes now: remove it from known-differences.ts");
      },
      failed: (check, error, durationMs) => {
        const reason = known(check);
        if (reason === undefined) add(check, "failed", durationMs, describe(error));
        else add(check, "known difference", durationMs, reason);
      },
      skipped: (check, reason) => add(check, "skipped", 0, reason),
      measured: (what, figure) => void this.#measures.push({ target, what, figure }),
    };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = Array.from((error.stack ?? "").matchAll(/file:\/\/\S*?\/(src\/\S+?)\)?$/gm), (match) => match[1]);
  const place = frames.find((frame) => frame?.includes("/cases/")) ?? frames[0];
  const message = error.message
    .trim()
    .replaceAll(/\n\s*\n+/g, "\n")
    .slice(0, 1500);
  return place === undefined ? message : `${message}\nat ${place}`;
}
