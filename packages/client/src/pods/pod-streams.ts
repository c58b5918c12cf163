import { Readable, type Writable } from "node:stream";
import { ApiError, codeOf, type Status } from "@operatorkit/api";
import type { ObjectRef } from "@operatorkit/object";
import { aNumber } from "@operatorkit/observe/options";
import { checkRequest } from "../request/check-request.ts";
import { orAborted } from "../transport/or-aborted.ts";
import type { Caller } from "../verbs/caller.ts";
import { ExecOutput } from "./exec-output.ts";
import { frame, openPodSocket, sent, stopOf, type PodSocket } from "./pod-socket.ts";
import { StreamPieces } from "./stream-pieces.ts";
import { A_TERMINAL_SIZE, resizeMessage, sizesOf, type TerminalSize } from "./terminal-size.ts";

/** What goes to a process in a container, and comes from it. */
export interface PodStreamOptions {
  /** @default the pod's only container, or the one its annotation `kubectl.kubernetes.io/default-container` names */
  readonly container?: string;
  /**
   * What the process reads, and then its end, which a server before Kubernetes 1.30 cannot be told. A stream is read no faster than it is
   * sent, and paused when the process ends before it does. @default nothing: it has no stdin
   */
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  /** Where output goes as it comes, no faster than it is taken; left open. @default collected into the result */
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** The process has a terminal, which has no stderr of its own. @default false */
  readonly tty?: boolean;
  /** With `tty`: the size of the terminal, or each new one as it comes. @default that of `stdout` where it is a terminal itself, followed */
  readonly terminalSize?: TerminalSize | AsyncIterable<TerminalSize>;
  /** Of collected output; a process that says more is left, with an error. @default 16777216 */
  readonly maxOutputBytes?: number;
  /** Leaves the process: the connection is closed, and nobody tells the process. */
  readonly signal?: AbortSignal;
}

/** How it ended, and what was collected, as UTF-8; empty when it went to a stream. */
export interface PodStreamResult {
  readonly status: Status;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PodStreamCall {
  readonly action: string;
  readonly subresource: "exec" | "attach";
  /** Beside what the options ask for. */
  readonly words: readonly (readonly [string, string])[];
}

const [STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255];

/**
 * Carries a process's streams until it has ended, which its status says. Rejects when the connection breaks before.
 * Source: apimachinery `remotecommand` (v4.channel.k8s.io, v5.channel.k8s.io).
 */
export async function throughStreams(
  caller: Caller,
  ref: ObjectRef,
  { action, subresource, words }: PodStreamCall,
  options: PodStreamOptions,
): Promise<PodStreamResult> {
  const { container, stdin, tty = false, terminalSize, signal } = options;
  refuseBad(action, options);
  const query = new URLSearchParams({ stdin: String(stdin !== undefined), stdout: "true", stderr: String(!tty), tty: String(tty) });
  if (container !== undefined) query.set("container", container);
  for (const [name, value] of words) query.append(name, value);

  const run = Promise.withResolvers<Status>();
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
    if (channel === STATUS) run.resolve(JSON.parse(data.toString("utf8")) as Status);
    else if (channel === STDOUT) stdout.write(data, socket);
    else if (channel === STDERR) stderr.write(data, socket);
  };
  const over = new AbortController();
  try {
    const open = { action, subresource, query, onFrame, onFailure: fail } as const;
    socket = await openPodSocket(caller, ref, { ...open, ...(signal && { signal }) });
    const until = subresource === "exec" ? "the command did" : "the container did";
    socket.on("close", () => fail(new ApiError(`${action}: the connection ended before ${until}`, { code: "ConnectionFailed" })));
    const stop = stopOf(caller, signal);
    // Listens as long as the call lives: `over` is aborted at its end.
    stop.addEventListener("abort", () => fail(stop.reason), { once: true, signal: over.signal });
    if (stop.aborted) fail(stop.reason);
    const sizes = tty ? sizesOf(terminalSize, options.stdout, over.signal) : undefined;
    // A process may end without having read everything: only its end, or the connection's, counts.
    const failUnlessOver = (error: unknown): void => void (over.signal.aborted || fail(error));
    if (sizes !== undefined) feed(socket, RESIZE, sizes, resizeMessage, over.signal).catch(failUnlessOver);
    if (stdin !== undefined) feedStdin(socket, stdin, over.signal).catch(failUnlessOver);
    const status = await run.promise;
    return { status, stdout: stdout.text, stderr: stderr.text };
  } finally {
    over.abort();
    stdout.close();
    stderr.close();
    socket?.close();
  }
}

/** Throws what a process's last status says, unless it is success. */
export function refuseFailure(action: string, status: Status, otherwise: string): void {
  if (status.status === "Success") return;
  const code = codeOf(status.code ?? 500, status.reason);
  throw new ApiError(`${action}: ${status.message ?? otherwise}`, { code, status: status.code, response: status });
}

function refuseBad(action: string, options: PodStreamOptions): void {
  const { tty = false, stderr, terminalSize } = options;
  const refuse = (why: string): never => {
    throw new ApiError(`${action}: ${why}`, { code: "InvalidRequest" });
  };
  if (tty && stderr !== undefined) refuse("stderr: a terminal has none; all its output comes on stdout");
  if (!tty && terminalSize !== undefined) refuse("terminalSize: without tty there is no terminal");
  const isFollowed = terminalSize !== undefined && Symbol.asyncIterator in terminalSize;
  checkRequest(action, options, {
    ...(!isFollowed && { terminalSize: A_TERMINAL_SIZE }),
    maxOutputBytes: aNumber({ atLeast: 1, whole: true }),
  });
}

/** Sends what the process is to read. With protocols before v5 there is no way to say that it has ended. */
async function feedStdin(socket: PodSocket, stdin: NonNullable<PodStreamOptions["stdin"]>, over: AbortSignal): Promise<void> {
  const bytesOf = (piece: string | Uint8Array): Uint8Array => (typeof piece === "string" ? Buffer.from(piece) : piece);
  await feed(socket, STDIN, typeof stdin === "string" || stdin instanceof Uint8Array ? alone(stdin) : stdin, bytesOf, over);
  if (socket.protocol === "v5.channel.k8s.io") await sent(socket, frame(CLOSE, Buffer.from([STDIN])));
}

async function feed<T>(
  socket: PodSocket,
  channel: number,
  source: AsyncIterable<T>,
  bytesOf: (piece: T) => Uint8Array,
  over: AbortSignal,
): Promise<void> {
  const pieces = source instanceof Readable ? new StreamPieces<T>(source) : source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const piece = await orAborted(pieces.next(), over);
      if (piece.done) break;
      const bytes = bytesOf(piece.value);
      if (bytes.byteLength > 0) await sent(socket, frame(channel, bytes));
    }
  } finally {
    if (over.aborted) pieces.return?.().catch(() => {});
  }
}

async function* alone<T>(piece: T): AsyncGenerator<T, void, undefined> {
  yield piece;
}
