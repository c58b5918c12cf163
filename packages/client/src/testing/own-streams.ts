/** The process's own streams are opened when they are first looked at. */
export const ownStreams: readonly unknown[] = [process.stdin, process.stdout, process.stderr];
