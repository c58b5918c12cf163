/** What a promise rejects with. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "it did not reject";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
