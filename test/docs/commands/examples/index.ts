import type { Examples } from "../example.ts";
import { completion } from "./completion.ts";
import { doctor } from "./doctor.ts";
import { envTemplate } from "./env-template.ts";
import { fleetDestroy, fleetFiles, fleetMove, fleetPlan, fleetPreview, fleetUp } from "./fleet.ts";
import { migratePlan, migrateRead, migrateRetire, migrateRollback, migrateRun } from "./migrate.ts";
import { report } from "./report.ts";
import { rotate } from "./rotate.ts";

/** What each page of docs/commands shows, by its name. */
export const examples: Readonly<Record<string, Examples>> = {
  completion,
  doctor,
  "env-template": envTemplate,
  "fleet-destroy": fleetDestroy,
  "fleet-files": fleetFiles,
  "fleet-move": fleetMove,
  "fleet-plan": fleetPlan,
  "fleet-preview": fleetPreview,
  "fleet-up": fleetUp,
  "migrate-plan": migratePlan,
  "migrate-read": migrateRead,
  "migrate-retire": migrateRetire,
  "migrate-rollback": migrateRollback,
  "migrate-run": migrateRun,
  report,
  rotate,
};
