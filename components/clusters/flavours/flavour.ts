import { z } from "zod";
import { alerts } from "../../alerts/facts.ts";
import { issuerFact } from "../../support/issuer.ts";
import type { ClusterTraits, ExternalSecretsSpec } from "../contract.ts";
import { sealedSecrets } from "../../sealed-secrets/facts.ts";
import { secretsStoreCsi } from "../csi-facts.ts";
import { externalSecrets } from "../operator-facts.ts";

/** A text on one line, with neither a control character nor a space at its ends. */
const line = /^(?![\s\S]*\p{C})\S(?:.{0,1022}\S)?$/u;

/** Facts that a cluster of every flavour has. */
export const commonFacts = {
  kubeconfig: z.string().regex(line, "must be the path of a kubeconfig file, on one line").optional(),
  context: z.string().regex(line, "must be the name of a context in the kubeconfig, on one line").optional(),
  identifier: z.string().regex(line, "must be a name for the cluster, on one line").optional(),
  upsertExistingObjects: z.boolean().default(false),
  assumeNothingExists: z.boolean().default(false),
  /** Store that its namespaces read unless they name another: the nearest. */
  store: z.string().min(1).optional(),
  externalSecrets,
  /** Needed where Secrets are delivered via `sealed-secret`. */
  sealedSecrets: sealedSecrets.optional(),
  secretsStoreCsi: secretsStoreCsi.optional(),
  alerts: alerts.optional(),
};

/** Needed where a store's cloud trusts the cluster by it. */
export const issuer = issuerFact.optional();

type Facts = z.ZodObject<typeof commonFacts & { flavour: z.ZodLiteral<string> }>;

/** A flavour of cluster: its facts, and what follows from them. */
export interface Flavour<F extends z.ZodObject> {
  readonly facts: F;
  /** What is special about a cluster of it. Pure. */
  describe(facts: z.output<F>): FlavourSpec;
}

/** The facts of one flavour, in addition to those of every flavour. */
export interface FlavourSpec {
  readonly traits: ClusterTraits;
  /** A cloud's own name for the cluster, which is the same on every machine. Default: none. */
  readonly identifier?: string;
  /** Issuer of its tokens. Default: not known. */
  readonly issuer?: string | undefined;
  /** What the flavour changes about its operator. Default: nothing. */
  readonly externalSecrets?: Partial<ExternalSecretsSpec>;
}

/** Makes a flavour. */
export function flavour<F extends Facts>(facts: F, describe: Flavour<F>["describe"]): Flavour<F> {
  return { facts, describe };
}

/** Traits of a cluster about which nothing is special. */
export const plainTraits: ClusterTraits = {
  issuerCommand: "kubectl get --raw /.well-known/openid-configuration (its field issuer, exactly as it stands there)",
  operatorManager: "helm",
  trustedCaBundle: false,
  dnsPorts: [53],
};
