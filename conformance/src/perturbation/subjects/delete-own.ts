import type { Kind } from "operatorkit";
import type { Stage } from "../subject.ts";
import { deleteAsSeen } from "./delete-as-seen.ts";
import { ifThere } from "./if-there.ts";

/**
 * How people delete an object that the operator keeps a finalizer on: as kubectl does. A real server may lose a finalizer then, which the
 * operator notices; but what a process noticed and had no time for ends with it, so where processes end objects are deleted as they were seen.
 */
export function deleteOwn({ admin, namespace, processesEnd }: Stage, kind: Kind, name: string): Promise<void> {
  const ref = { namespace, name };
  return processesEnd ? deleteAsSeen(admin, kind, ref) : ifThere(admin.delete(kind, ref));
}
