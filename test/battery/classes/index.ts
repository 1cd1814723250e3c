import type { CaseClass } from "../case.ts";
import { mounts } from "./mounts.ts";
import { catalogueNames } from "./catalogue-names.ts";
import { catalogueShape } from "./catalogue-shape.ts";
import { secretDeliveries } from "./deliveries.ts";
import { providedKeys } from "./provided-keys.ts";
import { recipes } from "./recipes.ts";
import { storeLimits } from "./store-limits.ts";
import { templates } from "./templates.ts";
import { generatedTemplates } from "./generated-templates.ts";

/** Every class of odd input. A file for each, or for a few that belong together. */
export const classes: readonly CaseClass[] = [
  mounts,
  catalogueShape,
  catalogueNames,
  recipes,
  templates,
  providedKeys,
  secretDeliveries,
  storeLimits,
  generatedTemplates,
];
