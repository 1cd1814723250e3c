import type { CaseClass } from "../case.ts";
import { awsPlaces } from "./aws-places.ts";
import { mounts } from "./mounts.ts";
import { operatorFacts } from "./operator.ts";
import { propertyPaths } from "./property-paths.ts";

/** Every class of odd input. A file for each, or for a few that belong together. */
export const classes: readonly CaseClass[] = [mounts, propertyPaths, awsPlaces, operatorFacts];
