import { z } from "zod";
import { alertsSpec } from "../../alerts/facts.ts";
import type { ClusterSpec } from "../contract.ts";
import { sealedSecretsSpec } from "../../sealed-secrets/facts.ts";
import { secretsStoreCsiSpec } from "../csi-facts.ts";
import { externalSecretsSpec } from "../operator-facts.ts";
import { aks } from "./aks.ts";
import { eks } from "./eks.ts";
import type { Flavour } from "./flavour.ts";
import { gke } from "./gke.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { openshift } from "./openshift.ts";

/** Flavours by the name that facts have for them. One row per flavour. */
const flavours = { kubeconfig, eks, aks, gke, openshift };

export type ClusterFlavour = keyof typeof flavours;
type FactsSchema = (typeof flavours)[ClusterFlavour]["facts"];

/** Every flavour. */
export const clusterFlavours = Object.keys(flavours) as readonly ClusterFlavour[];

/** Facts of a cluster, by its flavour. */
export const clusterFacts = z.discriminatedUnion(
  "flavour",
  Object.values(flavours).map(({ facts }) => facts) as [FactsSchema, ...FactsSchema[]],
);
export type ClusterFacts = z.output<typeof clusterFacts>;

/** The spec of a cluster, from its facts. */
export function clusterSpec(name: string, facts: ClusterFacts): ClusterSpec {
  // Facts always meet the flavour of their own name; TypeScript can't follow that through the table.
  const flavour = flavours[facts.flavour] as Flavour<FactsSchema>;
  const { traits, identifier, issuer, externalSecrets } = flavour.describe(facts);
  const { kubeconfig, context, upsertExistingObjects, assumeNothingExists, sealedSecrets } = facts;
  return {
    name,
    flavour: facts.flavour,
    // Neither the path of a kubeconfig nor what is in it: a cluster keeps its identity when its address, certificates
    // or credentials change. A cloud's name for it and the context are the same on every machine.
    identifier: facts.identifier ?? identifier ?? context ?? name,
    upsertExistingObjects,
    ...(assumeNothingExists ? { assumeNothingExists } : {}),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(sealedSecrets === undefined ? {} : { sealedSecrets: sealedSecretsSpec(sealedSecrets) }),
    externalSecrets: { ...externalSecretsSpec(facts.externalSecrets), ...externalSecrets },
    ...(facts.secretsStoreCsi === undefined ? {} : { secretsStoreCsi: secretsStoreCsiSpec(facts.secretsStoreCsi) }),
    ...(facts.alerts === undefined ? {} : { alerts: alertsSpec(facts.alerts) }),
    traits,
  };
}
