import { z } from "zod";
import { commonFacts, flavour, issuer, plainTraits } from "./flavour.ts";

const facts = z.strictObject({ flavour: z.literal("aks"), ...commonFacts, issuer });

const issuerCommand =
  "az aks show --name <cluster> --resource-group <group> --query oidcIssuerProfile.issuerUrl --output tsv (before that: az aks update --enable-oidc-issuer)";

/** Azure Kubernetes Service, with its OIDC issuer switched on. */
export const aks = flavour(facts, (cluster) => ({
  issuer: cluster.issuer,
  traits: { ...plainTraits, issuerCommand },
}));
