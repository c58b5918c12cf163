import { noMetrics, type Metrics } from "@operatorkit/observe";

/** Knows from a work queue's own metrics what waits and what runs. What waits for a delay does neither. */
export class WorkMeter implements Metrics {
  readonly counter = noMetrics.counter;
  #waiting = 0;
  #taken = 0;
  #done = 0;

  get waiting(): number {
    return this.#waiting;
  }

  get running(): number {
    return this.#taken - this.#done;
  }

  /** Turns that were begun, ever. */
  get taken(): number {
    return this.#taken;
  }

  gauge({ name }: Parameters<Metrics["gauge"]>[0]): ReturnType<Metrics["gauge"]> {
    const set = (value: number): void => {
      if (name === "workqueue_depth") this.#waiting = value;
    };
    return { set, add() {}, remove() {} };
  }

  histogram({ name }: Parameters<Metrics["histogram"]>[0]): ReturnType<Metrics["histogram"]> {
    const observe = (): void => {
      if (name === "workqueue_queue_duration_seconds") this.#taken += 1;
      if (name === "workqueue_work_duration_seconds") this.#done += 1;
    };
    return { observe, remove() {} };
  }
}
