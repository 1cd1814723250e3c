import { z } from "zod";
import { clusterFacts } from "../../../components/clusters/flavours/index.ts";
import { name, namespaceName } from "../../../components/support/facts.ts";
import { epoch, plainTime } from "./times.ts";
import { existingSecretChoices, vias } from "../../../components/delivery/contract.ts";
import { namespaceFacts } from "./namespaces.ts";
import { parts } from "./parts.ts";
import { refreshPolicy, refreshSeconds } from "./refresh.ts";
import { stackName } from "./stack-name.ts";
import { storeFacts } from "./stores.ts";
import { probeFacts } from "../../../components/targets/probes/facts.ts";
import { targetFacts } from "../../../components/targets/kinds.ts";
import { templateFacts } from "./template-facts.ts";

/**
 * The facts of an environment, as `Pulumi.<env>.yaml` holds them: one schema per concern, defaults in the schema.
 * Values that are secret are never in here; they are configuration keys of their own.
 */
export const facts = z.strictObject({
  platform: name,
  created: z.preprocess(plainTime, z.iso.date("must be a date, such as 2026-11-22")),
  stores: z.record(name, storeFacts),
  clusters: z.record(name, clusterFacts),
  namespaces: z.record(namespaceName, namespaceFacts),
  /** How namespaces get their Secrets that do not say so themselves. */
  via: z.enum(vias).optional(),
  /** Empty: all of the catalogue. */
  applications: z.array(z.string()).default([]),
  /** Which stack has which application, where the environment is several stacks. */
  parts,
  refreshSeconds: refreshSeconds.default(3600),
  refreshPolicy: refreshPolicy.optional(),
  detectDrift: z.boolean().default(true),
  /** What has copies of its own of values: see `accounts` in the catalogue. */
  targets: z.record(name, targetFacts).default({}),
  /** What tries secrets once they are delivered: see `verify` in the catalogue. */
  probes: z.record(name, probeFacts).default({}),
  rotations: z.record(z.string(), epoch).default({}),
  /** By secret, the rotation whose previous value is not delivered any longer. */
  retirePrevious: z.record(z.string(), epoch).default({}),
  /** By secret, the rotation that is given up before it is finished. */
  rollBack: z.record(z.string(), epoch).default({}),
  /** `true`, or the store or cluster whose values are kept where several hold different ones. */
  adopt: z
    .record(
      z.string(),
      z.union([z.boolean(), name], { error: "must be true, false, or the name of a store or cluster" }),
    )
    .default({}),
  adoptWithout: z.record(z.string(), z.array(z.string().min(1))).default({}),
  /** Stacks that this one was before, or whose objects it takes over. */
  formerStacks: z.array(stackName).default([]),
  existingSecrets: z.record(z.string(), z.enum(existingSecretChoices)).default({}),
  reference: z.record(z.string(), z.boolean()).default({}),
  generatedInCluster: z.record(z.string(), name).default({}),
  /** The stores of secrets that no namespace gets. */
  storedIn: z
    .record(z.string(), z.union([name, z.array(name)], { error: "must be the name of a store, or a list of them" }))
    .default({}),
  templateFacts,
});

export type Facts = z.output<typeof facts>;

/** Configuration keys that hold facts; everything else must be a secret value. */
export const factKeys = Object.keys(facts.shape) as readonly (keyof Facts)[];
