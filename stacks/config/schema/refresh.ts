import { z } from "zod";
import { refreshPolicies } from "../../../components/external-secrets/manifests.ts";

/** Interval at which the operator reads a store, in seconds. */
export const refreshSeconds = z.int().positive().max(31_536_000, "must be at most 31536000, a year");

/** When the operator reads a store. Default: that of the next level up, `Periodic` at the top. */
export const refreshPolicy = z.enum(refreshPolicies);

/** What a store, a namespace or a Secret may say of it; the nearest counts. */
export const refreshFacts = { refreshSeconds: refreshSeconds.optional(), refreshPolicy: refreshPolicy.optional() };
