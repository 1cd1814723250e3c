import type { Input } from "@pulumi/pulumi";
import type { ReadGrant } from "../contract.ts";

/** The right to read one secret of a project. */
export interface GcpReadGrant extends ReadGrant {
  readonly kind: "gcp-secret-manager";
  readonly project: string;
  /** Id of the secret, without its version: what the binding is called after. */
  readonly name: string;
  /** The same, known once the secret exists: a binding on what is not there fails. */
  readonly secretId: Input<string>;
}

export function isGcpGrant(grant: ReadGrant): grant is GcpReadGrant {
  return grant.kind === "gcp-secret-manager";
}
