import { z } from "zod";
import { clusterFlavours, type ClusterFlavour } from "../components/clusters/contract.ts";
import { storeKinds } from "../components/stores/contract.ts";
import { dnsLabel, slug } from "../components/support/naming.ts";

/**
 * The facts of an environment, as `Pulumi.<env>.yaml` holds them: one schema per concern, defaults in the schema.
 * Values that are secret are never in here; they are configuration keys of their own.
 */

const name = z.string().regex(slug, "must be lower-case letters, digits and dashes, starting with a letter");
const url = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" });
const path = z
  .string()
  .regex(/^[^/\s*+][^\s*+]*[^/\s*+]$|^[^/\s*+]$/, "must have no slash at its ends, no space, no wildcard");

/**
 * Pulumi's YAML reader turns an unquoted date into a timestamp and hands over its Go text. Quoted or not must mean the
 * same: otherwise adding quotation marks would move an epoch, and with it a password.
 */
function plainTime(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const utc = value.replace(/^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) \+0000 UTC$/, "$1T$2Z");
  return utc.replace(/^(\d{4}-\d{2}-\d{2})T00:00:00Z$/, "$1");
}

/** `2026-11-22`, or `2026-11-22T14:05:00Z` for a second rotation on one day. */
const epochText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/, {
    error: "must be a date (2026-11-22) or a UTC time (2026-11-22T14:05:00Z)",
    abort: true,
  })
  .refine(isOnCalendar, "is no time of the calendar");

/** `Date.parse` alone takes February 30 for March 2. */
function isOnCalendar(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
}

const epoch = z.preprocess(plainTime, epochText);

const vaultKv = z.strictObject({
  kind: z.literal("vault-kv"),
  address: url,
  clusterAddress: url.optional(),
  mount: path.default("secret"),
  namespace: path.optional(),
  caBundle: z.string().startsWith("-----BEGIN CERTIFICATE-----", "must be a PEM bundle").optional(),
  maxVersions: z.int().min(2, "must be at least 2, so that the value before a rotation stays readable").default(10),
  auth: z
    .strictObject({ mountPath: path.default("kubernetes"), audience: z.string().min(1).default("vault") })
    .prefault({}),
});

const kubernetes = z.strictObject({ kind: z.literal("kubernetes") });

/** Kinds of the product without a backend yet parse, so that they are refused by name and not as a typing error. */
const unbuiltStore = z.looseObject({
  kind: z.enum(storeKinds).exclude(["vault-kv", "kubernetes"]),
});

export const storeFacts = z.discriminatedUnion("kind", [vaultKv, kubernetes, unbuiltStore]);

const externalSecrets = z.strictObject({
  chart: z.string().min(1).default("external-secrets"),
  repository: url.optional(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "must be an exact version, such as 2.9.0"),
  namespace: z.string().regex(dnsLabel, "must be a DNS label").default("external-secrets"),
  install: z.boolean().default(true),
  webhook: z.boolean().default(true),
  concurrency: z.int().min(1).max(50).default(10),
});

const builtFlavour: ClusterFlavour = "kubeconfig";
const kubeconfigCluster = z.strictObject({
  flavour: z.literal(builtFlavour),
  kubeconfig: z.string().min(1).optional(),
  context: z.string().min(1).optional(),
  upsertExistingObjects: z.boolean().default(false),
  externalSecrets,
});
const unbuiltCluster = z.looseObject({ flavour: z.enum(clusterFlavours).exclude([builtFlavour]) });

export const clusterFacts = z.discriminatedUnion("flavour", [kubeconfigCluster, unbuiltCluster]);

const namespaceFacts = z.strictObject({
  cluster: z.string().min(1),
  store: z.string().min(1),
  create: z.boolean().default(false),
});

export const facts = z.strictObject({
  platform: name,
  created: z.preprocess(plainTime, z.iso.date("must be a date, such as 2026-11-22")),
  stores: z.record(name, storeFacts),
  clusters: z.record(name, clusterFacts),
  namespaces: z.record(z.string().regex(dnsLabel, "must be a DNS label"), namespaceFacts),
  /** Empty: all of the catalogue. */
  applications: z.array(z.string()).default([]),
  refreshSeconds: z.int().positive().default(3600),
  detectDrift: z.boolean().default(true),
  rotations: z.record(z.string(), epoch).default({}),
  adopt: z.record(z.string(), z.boolean()).default({}),
});

export type Facts = z.output<typeof facts>;

/** Configuration keys that hold facts; everything else must be a secret value. */
export const factKeys = Object.keys(facts.shape) as readonly (keyof Facts)[];
