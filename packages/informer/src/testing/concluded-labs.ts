import { afterEach } from "vitest";
import type { InformerOptions } from "../informer-options.ts";
import type { Widget } from "./fake-server.ts";
import { Lab } from "./lab.ts";

export interface LabPlan extends Partial<InformerOptions<Widget>> {
  /** What is there from the beginning. @default ["a", "b"] */
  readonly names?: readonly string[];
  /** @default true */
  readonly start?: boolean;
}

/** Makes the labs of a test file. What `Lab.conclude` checks holds at the end of every test. */
export function concludedLabs(): (plan?: LabPlan) => Promise<Lab> {
  const labs: Lab[] = [];
  afterEach(async () => {
    for (const lab of labs.splice(0)) {
      const problems = await lab.conclude();
      if (problems.length > 0) throw new Error(problems.join("; "));
    }
  });
  return async ({ names = ["a", "b"], start = true, ...options } = {}) => {
    const lab = new Lab(options);
    labs.push(lab);
    for (const name of names) lab.server.create(name);
    if (start) await lab.start();
    return lab;
  };
}
