import type { Target } from "./target.ts";

/** A set of checks that runs against any target. Suites run one after another; a suite may run its checks in parallel. */
export interface Suite {
  /** One or two words; `--only` matches it too. */
  readonly name: string;
  /** Reports each check as it ends. A rejection counts as one failed check, named after the suite. */
  run(target: Target, report: Report, options: SuiteOptions): Promise<void>;
}

export interface SuiteOptions {
  readonly signal: AbortSignal;
  /** Also what takes too long for every change. */
  readonly isFull: boolean;
  /** Whether a check with this name was asked for. */
  readonly isWanted: (checkName: string) => boolean;
}

/** Where a suite's results go. */
export interface Report {
  passed(check: string, durationMs: number): void;
  failed(check: string, error: unknown, durationMs: number): void;
  /** For what this target or machine cannot run; the reason is printed. */
  skipped(check: string, reason: string): void;
  /** A figure for the scorecard, beside what passed and failed. */
  measured(what: string, figure: string): void;
}
