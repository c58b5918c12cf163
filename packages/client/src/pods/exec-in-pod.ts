import { Readable, type Writable } from "node:stream";
import { ApiError, codeOf, type Status } from "@operatorkit/api";
import type { ObjectRef } from "@operatorkit/object";
import type { Caller } from "../verbs/caller.ts";
import { orAborted } from "../transport/or-aborted.ts";
import { ExecOutput } from "./exec-output.ts";
import { actionOn, frame, openPodSocket, sent, stopOf, type PodSocket } from "./pod-socket.ts";

/** How a command is run in a container. Source: core/v1 PodExecOptions. */
export interface ExecOptions {
  /** @default the pod's only container, or the one its annotation `kubectl.kubernetes.io/default-container` names */
  readonly container?: string;
  /** What the command reads, and then its end. A stream is read no faster than it is sent. @default nothing: it has no stdin */
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  /** Where output goes as it comes, no faster than it is taken; left open. @default collected into the result */
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Run it in a terminal, which has no stderr of its own. @default false */
  readonly tty?: boolean;
  /** Of collected output; a command that says more is left, with an error. @default 16777216 */
  readonly maxOutputBytes?: number;
  /** Leaves the command: the connection is closed, and nobody tells the command. */
  readonly signal?: AbortSignal;
}

/** What became of a command. */
export interface ExecResult {
  /** 0 for success; a command that ran and failed is an answer, not an error. */
  readonly exitCode: number;
  /** What was collected, as UTF-8; empty when it went to a stream. */
  readonly stdout: string;
  readonly stderr: string;
}

const [STDIN, STDOUT, STDERR, STATUS, CLOSE] = [0, 1, 2, 3, 255];

/** @see KubernetesClient.exec */
export async function execInPod(caller: Caller, ref: ObjectRef, command: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const { container, stdin, tty = false, signal } = options;
  const action = actionOn(ref, "exec in");
  refuseBad(action, command, options);
  const query = new URLSearchParams({ stdin: String(stdin !== undefined), stdout: "true", stderr: String(!tty), tty: String(tty) });
  if (container !== undefined) query.set("container", container);
  for (const word of command) query.append("command", word);

  const run = Promise.withResolvers<number>();
  // It may fail before anyone waits for it.
  run.promise.catch(() => {});
  let socket: PodSocket | undefined;
  const fail = (error: unknown): void => {
    run.reject(error);
    socket?.terminate();
  };
  const output = (name: "stdout" | "stderr"): ExecOutput =>
    new ExecOutput({ action, name, stream: options[name], maxBytes: options.maxOutputBytes ?? 16 * 1024 * 1024, onFailure: fail });
  const [stdout, stderr] = [output("stdout"), output("stderr")];
  const onFrame = (channel: number, data: Buffer): void => {
    if (channel === STATUS) run.resolve(exitCodeOf(action, data));
    else if (channel === STDOUT) stdout.write(data, socket);
    else if (channel === STDERR) stderr.write(data, socket);
  };
  const over = new AbortController();
  try {
    const open = { action, subresource: "exec", query, onFrame, onFailure: fail } as const;
    socket = await openPodSocket(caller, ref, { ...open, ...(signal && { signal }) });
    socket.on("close", () => fail(new ApiError(`${action}: the connection ended before the command did`, { code: "ConnectionFailed" })));
    const stop = stopOf(caller, signal);
    // Listens as long as the call lives: `over` is aborted at its end.
    stop.addEventListener("abort", () => fail(stop.reason), { once: true, signal: over.signal });
    if (stop.aborted) fail(stop.reason);
    // A command may end without having read everything: only the command's end, or the connection's, counts.
    if (stdin !== undefined) feed(socket, stdin, over.signal).catch(fail);
    const exitCode = await run.promise;
    return { exitCode, stdout: stdout.text, stderr: stderr.text };
  } finally {
    over.abort();
    stdout.close();
    stderr.close();
    socket?.close();
  }
}

function refuseBad(action: string, command: readonly string[], options: ExecOptions): void {
  const { tty = false, stderr, maxOutputBytes } = options;
  const refuse = (why: string): never => {
    throw new ApiError(`${action}: ${why}`, { code: "InvalidRequest" });
  };
  if (!Array.isArray(command) || command.length === 0 || command.some((word) => typeof word !== "string"))
    refuse('command must be a list of words: ["sh", "-c", "…"]');
  if (tty && stderr !== undefined) refuse("stderr: a terminal has none; all its output comes on stdout");
  if (maxOutputBytes !== undefined && !(Number.isSafeInteger(maxOutputBytes) && maxOutputBytes > 0))
    refuse(`maxOutputBytes is ${maxOutputBytes}, and must be a whole number from 1`);
}

/** Sends what the command is to read. With protocols before v5 there is no way to say that it has ended. */
async function feed(socket: PodSocket, stdin: NonNullable<ExecOptions["stdin"]>, over: AbortSignal): Promise<void> {
  const pieces = (typeof stdin === "string" || stdin instanceof Uint8Array ? Readable.from([stdin]) : stdin)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const piece = await orAborted(pieces.next(), over);
      if (piece.done) break;
      const bytes = typeof piece.value === "string" ? Buffer.from(piece.value) : piece.value;
      if (bytes.byteLength > 0) await sent(socket, frame(STDIN, bytes));
    }
    if (socket.protocol === "v5.channel.k8s.io") await sent(socket, frame(CLOSE, Buffer.from([STDIN])));
  } finally {
    if (over.aborted) pieces.return?.().catch(() => {});
  }
}

/** The last frame says how it ended. Source: apimachinery `remotecommand`, `NonZeroExitCodeReason`. */
function exitCodeOf(action: string, data: Buffer): number {
  const status = JSON.parse(data.toString("utf8")) as Status;
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
  const exitCode = Number(cause?.message);
  if (status.reason === "NonZeroExitCode" && Number.isInteger(exitCode)) return exitCode;
  const code = codeOf(status.code ?? 500, status.reason);
  throw new ApiError(`${action}: ${status.message ?? "the command could not be run"}`, { code, status: status.code, response: status });
}
