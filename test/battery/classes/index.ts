import type { CaseClass } from "../case.ts";
import { awsPlaces } from "./aws-places.ts";
import { cloudNames } from "./cloud-names.ts";
import { clusterConflicts } from "./clusters.ts";
import { factsThatHoldSecrets } from "./facts-that-hold-secrets.ts";
import { issuers } from "./issuers.ts";
import { limits } from "./limits.ts";
import { mounts } from "./mounts.ts";
import { vaultLogins } from "./vault-logins.ts";
import { names } from "./names.ts";
import { operatorFacts } from "./operator.ts";
import { places } from "./places.ts";
import { policyShapes, policyViolations } from "./policies.ts";
import { propertyPaths } from "./property-paths.ts";
import { catalogueNames } from "./catalogue-names.ts";
import { catalogueShape } from "./catalogue-shape.ts";
import { secretDeliveries } from "./deliveries.ts";
import { providedKeys } from "./provided-keys.ts";
import { dockerConfigs } from "./docker-configs.ts";
import { keyPairs } from "./key-pairs.ts";
import { recipes } from "./recipes.ts";
import { storeLimits } from "./store-limits.ts";
import { targets } from "./targets.ts";
import { templates } from "./templates.ts";
import { deliveryTemplates } from "./delivery-templates.ts";
import { generatedTemplates } from "./generated-templates.ts";
import { brokenYaml, oddYaml } from "./yaml.ts";
import { previousValues } from "./previous-values.ts";
import { rolledBackRotations } from "./rolled-back.ts";
import { secretsByMistake } from "./secrets-by-mistake.ts";
import { keysOfConfiguration } from "./keys-of-configuration.ts";
import { oddNames } from "./odd-names.ts";
import { references } from "./references.ts";
import { shapes } from "./shapes.ts";
import { refreshes } from "./refresh.ts";
import { awsChains, awsEndpoints } from "./aws-endpoints.ts";
import { retrySettings } from "./retries.ts";
import { urls } from "./urls.ts";
import { alertFacts } from "./alerts.ts";
import { remoteKeyPrefixes } from "./remote-key-prefixes.ts";
import { csiDeliveries } from "./csi.ts";
import { vias } from "./vias.ts";
import { atOnce } from "./at-once.ts";
import { projectFiles, stackNames } from "./project-files.ts";

/** Every class of odd input. A file for each, or for a few that belong together. */
export const classes: readonly CaseClass[] = [
  mounts,
  vaultLogins,
  propertyPaths,
  awsPlaces,
  awsEndpoints,
  awsChains,
  places,
  clusterConflicts,
  policyShapes,
  policyViolations,
  factsThatHoldSecrets,
  limits,
  refreshes,
  retrySettings,
  names,
  issuers,
  operatorFacts,
  catalogueShape,
  catalogueNames,
  recipes,
  keyPairs,
  previousValues,
  rolledBackRotations,
  dockerConfigs,
  templates,
  providedKeys,
  secretDeliveries,
  storeLimits,
  references,
  targets,
  generatedTemplates,
  deliveryTemplates,
  cloudNames,
  brokenYaml,
  oddYaml,
  secretsByMistake,
  keysOfConfiguration,
  oddNames,
  shapes,
  urls,
  vias,
  csiDeliveries,
  alertFacts,
  remoteKeyPrefixes,
  atOnce,
  projectFiles,
  stackNames,
];
