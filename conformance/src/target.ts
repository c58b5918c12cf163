import type { Kubectl } from "./kubectl.ts";
import type { RawHttp } from "./raw-http.ts";

/** A server that suites run against. Everything a suite does to it must be the same for both. */
export interface Target extends AsyncDisposable {
  readonly name: TargetName;
  readonly url: string;
  readonly caPem: string | undefined;
  /** An administrator's. */
  readonly token: string;
  readonly kubeconfigPath: string;
  readonly http: RawHttp;
  /** Absent where there is no kubectl executable. */
  readonly kubectl: Kubectl | undefined;
  /** The process that answers, where it is not this one. */
  readonly serverPid?: number;
  /** A folder for the run's files; gone when the target is closed. */
  readonly folder: string;
  /** Starts another server of this sort, whose memory can be taken away. */
  startForgetful(): Promise<ForgetfulTarget>;
}

/** A server that can be made to forget all versions before now, as any server does after some minutes. */
export interface ForgetfulTarget extends Target {
  forgetHistory(): Promise<void>;
}

/** The real kube-apiserver, or the one of `@operatorkit/apiserver`. */
export type TargetName = "real" | "ours";
