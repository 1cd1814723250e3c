import { z } from "zod";
import { commonFacts, flavour, issuer, plainTraits } from "./flavour.ts";

const facts = z.strictObject({
  flavour: z.literal("eks"),
  ...commonFacts,
  issuer,
  /** Name of the cluster in AWS. */
  clusterName: z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, "must be the name of an EKS cluster"),
  /** How namespaces prove themselves to AWS: a role each for their service account, or Pod Identity on the operator. */
  identity: z.enum(["irsa", "pod-identity"]).default("irsa"),
});

/** Amazon EKS. */
export const eks = flavour(facts, ({ clusterName, identity, issuer }) => ({
  identifier: `eks/${clusterName}`,
  issuer,
  traits: { ...plainTraits, ...(identity === "pod-identity" ? { podIdentity: { clusterName } } : {}) },
}));
