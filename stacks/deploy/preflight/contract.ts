import type { Surveyed } from "../../../components/backends/survey.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";

/** One store with the secrets that go to it. */
export interface PreflightStore {
  readonly name: string;
  readonly session: Surveyed;
  /** The same for all names that it takes for one. Default: the name itself. */
  readonly canonicalName?: (name: string) => string;
  readonly objects: readonly PreflightObject[];
}

export interface PreflightObject {
  readonly spec: SecretSpec;
  readonly remoteName: string;
  /** Entry of the store's `remoteNames` that the name is from. Default: none. */
  readonly namedBy?: string;
  /** Name of the resource that it is to be. */
  readonly resource: string;
}
