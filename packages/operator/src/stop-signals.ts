/**
 * Calls back at every SIGTERM and SIGINT, instead of dying of it. Returns what gives the signals back.
 *
 * A Ctrl-C often arrives twice, from the terminal and from the package manager in between, so a second one must not kill.
 */
export function onStopSignals(callback: (name: string) => void): () => void {
  const listeners = (["SIGTERM", "SIGINT"] as const).map((name) => [name, (): void => callback(name)] as const);
  for (const [name, listener] of listeners) process.on(name, listener);
  return () => {
    for (const [name, listener] of listeners) process.off(name, listener);
  };
}
