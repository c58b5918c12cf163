import { ignoreNotFound } from "operatorkit";

/** What somebody else has deleted meanwhile is left alone. */
export async function ifThere(work: Promise<unknown>): Promise<void> {
  await ignoreNotFound(work);
}
