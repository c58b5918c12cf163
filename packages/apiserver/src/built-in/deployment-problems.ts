import { type FieldProblem, forbidden, invalid, notSupported } from "../field-problem.ts";
import { type JsonObject, isObject, objectAt, stringAt } from "../json-object.ts";

const FIELD = "spec.strategy";

/** What is wrong with how a Deployment rolls out. Source: k8s.io/kubernetes `pkg/apis/apps/validation/validation.go` (ValidateDeploymentSpec). */
export function deploymentProblems(deployment: JsonObject): readonly FieldProblem[] {
  const spec = objectAt(deployment, "spec");
  const problems: FieldProblem[] = [...strategyProblems(spec["strategy"])];
  for (const key of ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"]) {
    const value = spec[key];
    if (typeof value === "number" && value < 0) problems.push(invalid(`spec.${key}`, value, "must be greater than or equal to 0"));
  }
  const [ready, deadline] = [spec["minReadySeconds"] ?? 0, spec["progressDeadlineSeconds"]];
  if (typeof deadline === "number" && typeof ready === "number" && deadline <= ready) {
    problems.push(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
  }
  return problems;
}

function strategyProblems(strategy: unknown): readonly FieldProblem[] {
  if (!isObject(strategy)) return [];
  const { type, rollingUpdate } = strategy;
  if (type === "Recreate") {
    return rollingUpdate === undefined
      ? []
      : [forbidden(`${FIELD}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== "RollingUpdate") {
    const { maxUnavailable = 0, maxSurge = 0 } = objectAt(strategy, "rollingUpdate");
    const shown = {
      Type: stringAt(strategy, "type"),
      RollingUpdate: isObject(rollingUpdate) ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null,
    };
    return [notSupported(FIELD, shown, ["Recreate", "RollingUpdate"])];
  }
  return isObject(rollingUpdate) ? rollingUpdateProblems(rollingUpdate) : [];
}

function rollingUpdateProblems(rollingUpdate: JsonObject): readonly FieldProblem[] {
  const { maxSurge, maxUnavailable } = rollingUpdate;
  const problems = [...countProblems(maxUnavailable, "maxUnavailable"), ...countProblems(maxSurge, "maxSurge")];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    problems.push(invalid(`${FIELD}.rollingUpdate.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
  }
  const percent = /^(\d+)%$/.exec(String(maxUnavailable));
  if (percent !== null && Number(percent[1]) > 100) {
    problems.push(invalid(`${FIELD}.rollingUpdate.maxUnavailable`, maxUnavailable, "must not be greater than 100%"));
  }
  return problems;
}

function isZero(count: unknown): boolean {
  return count === 0 || (typeof count === "string" && /^0+%$/.test(count));
}

const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A number or a percentage. */
function countProblems(count: unknown, key: string): FieldProblem[] {
  const field = `${FIELD}.rollingUpdate.${key}`;
  if (typeof count === "string" && !/^\d+%$/.test(count)) return [invalid(field, count, PERCENT)];
  return typeof count === "number" && count < 0 ? [invalid(field, count, "must be greater than or equal to 0")] : [];
}
