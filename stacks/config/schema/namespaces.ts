import { z } from "zod";
import { namespaceName } from "../../../components/support/facts.ts";
import { vias } from "../../../components/delivery/contract.ts";

/** A cluster that the namespace is in. */
const placement = z.strictObject({ store: z.string().min(1).optional(), name: namespaceName.optional() });

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
    alsoStores: z.array(z.string().min(1)).default([]),
    create: z.boolean().default(false),
  })
  .refine(({ cluster, clusters }) => (cluster === undefined) !== (clusters === undefined), {
    error: "must name either one cluster (cluster) or several (clusters)",
  })
  .refine(({ store, clusters }) => store === undefined || clusters === undefined, {
    error: "names its clusters under clusters, so each store belongs there: clusters.<name>.store",
  });
export type NamespaceFacts = z.output<typeof namespaceFacts>;
