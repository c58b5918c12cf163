import { isNotFound } from "operatorkit";

/** What somebody else has deleted meanwhile is left alone. */
export async function ifThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
