/** Why a server could not listen, in one word that stays the same from release to release. */
export type ListenErrorCode = "PortInUse" | "PortNotAllowed" | "HostNotAvailable" | "ListenFailed";

/** A server could not listen on its address. The message names the address, the reason and what to do. */
export class ListenError extends Error {
  readonly code: ListenErrorCode;
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const code = CODES[cause.code ?? ""] ?? "ListenFailed";
    super(`listen on ${host.includes(":") ? `[${host}]` : host}:${port}: ${ADVICE[code](cause)}`, { cause });
    this.name = "ListenError";
    this.code = code;
    this.host = host;
    this.port = port;
  }
}

const CODES: Readonly<Record<string, ListenErrorCode>> = {
  EADDRINUSE: "PortInUse",
  EACCES: "PortNotAllowed",
  EPERM: "PortNotAllowed",
  EADDRNOTAVAIL: "HostNotAvailable",
  ENOTFOUND: "HostNotAvailable",
  EAI_AGAIN: "HostNotAvailable",
  EAFNOSUPPORT: "HostNotAvailable",
};

const ADVICE: Readonly<Record<ListenErrorCode, (cause: Error) => string>> = {
  PortInUse: () => "the port is in use; end the process that has it, or choose another port (0 takes any free one)",
  PortNotAllowed: () => "the system does not allow this port; choose one above 1023 (0 takes any free one)",
  HostNotAvailable: () => "this machine has no such address; 127.0.0.1 is always there",
  ListenFailed: (cause) => cause.message,
};
