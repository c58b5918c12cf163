/** Whether something is well: `undefined` when it is, else one sentence that says what is wrong. */
export interface HealthCheck {
  readonly name: string;
  /** Live checks restart a process, ready checks take it out of service. */
  readonly type: "live" | "ready";
  check(): string | undefined;
}
