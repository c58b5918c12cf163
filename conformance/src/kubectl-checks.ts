import type { KubectlCheck } from "./kubectl-check.ts";
import { applyingChecks } from "./kubectl-checks/applying.ts";
import { operatingChecks } from "./kubectl-checks/operating.ts";
import { readingChecks } from "./kubectl-checks/reading.ts";
import { writingChecks } from "./kubectl-checks/writing.ts";

/** What people do with kubectl, command by command. */
export const kubectlChecks: readonly KubectlCheck[] = [...readingChecks, ...writingChecks, ...applyingChecks, ...operatingChecks];
