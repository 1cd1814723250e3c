import { z } from "zod";
import { gcpProject, gcpProjectNumber } from "../../support/facts.ts";
import { commonFacts, flavour, plainTraits } from "./flavour.ts";

const facts = z.strictObject({
  flavour: z.literal("gke"),
  ...commonFacts,
  project: gcpProject,
  projectNumber: gcpProjectNumber.optional(),
  location: z.string().regex(/^[a-z]+-[a-z]+\d+(-[a-z])?$/, "must be a region or zone, such as europe-west3"),
  clusterName: z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, "must be the name of a GKE cluster"),
});

/** Google Kubernetes Engine, with workload identity switched on. Its issuer follows from its name. */
export const gke = flavour(facts, ({ project, projectNumber, location, clusterName }) => ({
  identifier: `gke/${project}/${location}/${clusterName}`,
  issuer: `https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${clusterName}`,
  traits: {
    ...plainTraits,
    googlePool: { project, ...(projectNumber === undefined ? {} : { projectNumber }), location, clusterName },
  },
}));
