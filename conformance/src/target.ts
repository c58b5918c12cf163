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
  /** A folder for the run's files; gone when the target is closed. */
  readonly folder: string;
}

/** The real kube-apiserver, or the one of `@operatorkit/apiserver`. */
export type TargetName = "real" | "ours";
