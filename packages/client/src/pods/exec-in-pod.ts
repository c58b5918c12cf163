import type { Status } from "@operatorkit/api";
import type { ObjectRef } from "@operatorkit/object";
import { must, required } from "@operatorkit/observe/options";
import { checkRequest } from "../request/check-request.ts";
import type { Caller } from "../verbs/caller.ts";
import { actionOn } from "./pod-socket.ts";
import { refuseFailure, throughStreams, type PodStreamOptions } from "./pod-streams.ts";

/** How a command is run in a container. Source: core/v1 PodExecOptions. */
export type ExecOptions = PodStreamOptions;

/** What became of a command. */
export interface ExecResult {
  /** 0 for success; a command that ran and failed is an answer, not an error. */
  readonly exitCode: number;
  /** What was collected, as UTF-8; empty when it went to a stream. */
  readonly stdout: string;
  readonly stderr: string;
}

/** @see KubernetesClient.exec */
export async function execInPod(caller: Caller, ref: ObjectRef, command: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const action = actionOn(ref, "exec in");
  const isCommand = (words: unknown): boolean =>
    Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string");
  checkRequest(action, { command }, { command: required(must('hold words: ["sh", "-c", "…"]', isCommand)) });
  const words = command.map((word): [string, string] => ["command", word]);
  const { status, stdout, stderr } = await throughStreams(caller, ref, { action, subresource: "exec", words }, options);
  return { exitCode: exitCodeOf(action, status), stdout, stderr };
}

/** Source: apimachinery `remotecommand`, `NonZeroExitCodeReason`. */
function exitCodeOf(action: string, status: Status): number {
  const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
  const exitCode = Number(cause?.message);
  if (status.reason === "NonZeroExitCode" && Number.isInteger(exitCode)) return exitCode;
  refuseFailure(action, status, "the command could not be run");
  return 0;
}
