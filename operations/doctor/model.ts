import type { Explanation } from "../../components/support/messages/explanation.ts";

/**
 * The chain from a value to the application that reads it, in order: each link needs those before it. What is broken first
 * explains what follows.
 */
export const links = [
  "engine",
  "cluster",
  "operator",
  "namespace",
  "store",
  "identity",
  "rights",
  "object",
  "quota",
  "delivery",
  "secret",
  "consumers",
  "dates",
] as const;
export type Link = (typeof links)[number];

/** Something that is wrong. */
export interface Finding extends Explanation {
  readonly link: Link;
  /** `broken`: a value does not get to its application. `warning`: it does, and something is to be done all the same. */
  readonly severity: "broken" | "warning";
  /** What puts it right and can do no harm: that the operator reads the store for this ExternalSecret at once. */
  readonly sync?: { readonly namespace: string; readonly externalSecret: string };
  /** A workload whose restart puts it right, `deployment/api`: for people to decide, since it ends running Pods. */
  readonly restart?: { readonly namespace: string; readonly workload: string };
  /** Whether the operator says so because another link is broken: what explains it comes first. Default: no. */
  readonly follows?: true;
}

/** What was found to be as it should, as people read it: `SecretStore shop/secrets-reader is Ready`. */
export interface Seen {
  readonly link: Link;
  readonly text: string;
}

/** Something that could not be looked at. */
export interface Unchecked {
  readonly link: Link;
  /** What: `the Pods of namespace shop`. */
  readonly subject: string;
  /** Why not. */
  readonly reason: string;
  /** `unanswered`: asked, and refused or not answered. `not-asked`: there is nobody to ask from here. */
  readonly kind: "unanswered" | "not-asked";
}

/** What one check found. */
export interface Examined {
  readonly findings?: readonly Finding[];
  readonly seen?: readonly Seen[];
  readonly unchecked?: readonly Unchecked[];
}

/** Several results as one. */
export function merged(results: readonly Examined[]): Required<Examined> {
  return {
    findings: results.flatMap(({ findings = [] }) => findings),
    seen: results.flatMap(({ seen = [] }) => seen),
    unchecked: results.flatMap(({ unchecked = [] }) => unchecked),
  };
}
