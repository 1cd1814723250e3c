import { z } from "zod";
import { namespaceName } from "../../../components/support/facts.ts";
import { vias } from "../../../components/delivery/contract.ts";
import { dnsSubdomain } from "../../../components/support/naming.ts";
import { refreshFacts } from "./refresh.ts";

/**
 * What the remote names begin with that a namespace may read. It ends where a part of a name does: `shop` would cover
 * `shopping` too.
 */
const remoteKeyPrefix = z
  .string()
  .regex(
    /^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9/][\w./+=@:-]{0,510}[/._:-]$/,
    'must be the beginning of a remote name: up to 512 letters, digits or "/._:-+=@", ending with one of "/._:-", with no part that is ..',
  );

/** A cluster that the namespace is in. */
const placement = z.strictObject({ store: z.string().min(1).optional(), name: namespaceName.optional() });

/** What differs for one Secret of the namespace, in each cluster that it is in. */
const secret = z.strictObject({
  via: z.enum(vias).optional(),
  /** Name under which the Secret is delivered in this environment instead of the catalogue's. */
  deliveredAs: z
    .string()
    .regex(dnsSubdomain, 'must be the name of a Secret: up to 253 lowercase letters, digits, "-" or "."')
    .optional(),
  ...refreshFacts,
  /** Says once more that a Secret which is read once keeps its values when they are rotated. */
  missesRotations: z.boolean().default(false),
});

/**
 * Facts of a namespace: in one cluster (`cluster`, `store`), or in several (`clusters`, each with its store). Without a
 * store it reads the one of its cluster.
 */
export const namespaceFacts = z
  .strictObject({
    cluster: z.string().min(1).optional(),
    store: z.string().min(1).optional(),
    clusters: z.record(z.string(), placement).optional(),
    /** What the cluster calls it. Default: its name in the catalogue. */
    name: namespaceName.optional(),
    via: z.enum(vias).optional(),
    secrets: z.record(z.string(), secret).default({}),
    alsoStores: z.array(z.string().min(1)).default([]),
    create: z.boolean().default(false),
    ...refreshFacts,
    remoteKeyPrefixes: z.array(remoteKeyPrefix).min(1, "must name at least one prefix, or be left out").optional(),
    handOverTo: z.literal("gitops").optional(),
  })
  .refine(({ cluster, clusters }) => (cluster === undefined) !== (clusters === undefined), {
    error: "must name either one cluster (cluster) or several (clusters)",
  })
  .refine(({ store, clusters }) => store === undefined || clusters === undefined, {
    error: "names its clusters under clusters, so each store belongs there: clusters.<name>.store",
  });
export type NamespaceFacts = z.output<typeof namespaceFacts>;
