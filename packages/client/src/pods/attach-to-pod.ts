import type { ObjectRef } from "@operatorkit/object";
import type { Caller } from "../verbs/caller.ts";
import { actionOn } from "./pod-socket.ts";
import { refuseFailure, throughStreams, type PodStreamOptions } from "./pod-streams.ts";

/**
 * How to attach to a container. `stdin` and `tty` must be so in its specification, and `tty` is asked for where it is.
 * Source: core/v1 PodAttachOptions.
 */
export type AttachOptions = PodStreamOptions;

/** What a container said from the moment of attaching to its end. */
export interface AttachResult {
  /** What was collected, as UTF-8; empty when it went to a stream. */
  readonly stdout: string;
  readonly stderr: string;
}

/** @see KubernetesClient.attach */
export async function attachToPod(caller: Caller, ref: ObjectRef, options: AttachOptions): Promise<AttachResult> {
  const action = actionOn(ref, "attach to");
  const { status, stdout, stderr } = await throughStreams(caller, ref, { action, subresource: "attach", words: [] }, options);
  refuseFailure(action, status, "the container could not be attached to");
  return { stdout, stderr };
}
