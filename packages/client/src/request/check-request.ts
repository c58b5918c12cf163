import { ApiError } from "@operatorkit/api";
import { checkOptions, type OptionRules } from "@operatorkit/observe/options";

/** `checkOptions` for what makes a request, which rejects as requests do. @throws {ApiError} `InvalidRequest`, in the same words. */
export function checkRequest<T extends object>(action: string, values: T, rules: OptionRules<T>): void {
  try {
    checkOptions(action, values, rules);
  } catch (cause) {
    throw new ApiError((cause as TypeError).message, { code: "InvalidRequest", cause });
  }
}
