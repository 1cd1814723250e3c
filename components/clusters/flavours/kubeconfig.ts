import { z } from "zod";
import { commonFacts, flavour, issuer, plainTraits } from "./flavour.ts";

const facts = z.strictObject({ flavour: z.literal("kubeconfig"), ...commonFacts, issuer });

/** Any conformant cluster. */
export const kubeconfig = flavour(facts, (cluster) => ({ issuer: cluster.issuer, traits: plainTraits }));
