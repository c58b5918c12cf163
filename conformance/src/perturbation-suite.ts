import type { Plan } from "./perturbation/plan.ts";
import { plansWithoutFaults, quickPlans } from "./perturbation/plans-for.ts";
import { RealWorld } from "./perturbation/real-world.ts";
import { runSubject } from "./perturbation/run-subject.ts";
import type { Subject } from "./perturbation/subject.ts";
import { controllerSubject } from "./perturbation/subjects/controller-subject.ts";
import { subjects } from "./perturbation/subjects.ts";
import { VirtualWorld } from "./perturbation/virtual-world.ts";
import type { World } from "./perturbation/world.ts";
import type { Suite } from "./suite.ts";

/**
 * Every operator through crashes around its writes, restarts, stale views, missed events and what others do: it must come to the same end as without them.
 * Ours: on servers of its own, in virtual time. The real one: what needs no server that shows the past. `--only "perturbations of Controller"` runs one of them.
 */
export const perturbationSuite: Suite = {
  name: "perturbations",
  async run(target, report, { signal, isWanted, isFull }) {
    const isReal = target.name === "real";
    const choose = (plans: readonly Plan[]): readonly Plan[] => {
      if (isReal) return quickPlans(plansWithoutFaults(plans), isFull ? 2 : 1);
      return isFull ? plans : quickPlans(plans, 1);
    };
    const startWorld = (subject: Subject): Promise<World> =>
      isReal ? RealWorld.start(subject, { target, signal }) : VirtualWorld.start(subject);
    for (const subject of subjects) {
      const { name } = subject;
      // In real time each run takes seconds.
      if (!(isWanted(name) || isWanted(`perturbations of ${name}`)) || (isReal && !isFull && subject !== controllerSubject)) continue;
      await runSubject({
        subject,
        startWorld,
        signal,
        isReferenceChecked: isFull,
        choose,
        onResult: ({ name: plan, problems, durationMs }) => {
          if (problems.length === 0) report.passed(`${name}: ${plan}`, durationMs);
          else report.failed(`${name}: ${plan}`, new Error(problems.join("\n")), durationMs);
        },
      });
    }
  },
};
