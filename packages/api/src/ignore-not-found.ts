import { isNotFound } from "./api-error.ts";

/**
 * What was answered, or undefined when what was asked for is not there; every other failure is thrown on. For reading what may be
 * gone, and for deleting or patching it. As controller-runtime's `client.IgnoreNotFound`.
 */
export async function ignoreNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
