import type { Command } from "commander";
import { completionCommand } from "./completion.ts";
import { doctorCommand } from "./doctor.ts";
import { envTemplateCommand } from "./env-template.ts";
import { fleetCommand } from "./fleet.ts";
import { migrateCommand } from "./migrate.ts";
import { reportCommand } from "./report.ts";
import { rotateCommand } from "./rotate.ts";

/**
 * Every command of `secrets`, in the order in which help lists them. A command is a file in this folder and its row here;
 * it imports what it runs when it runs, so that `--help` loads nothing.
 */
export const commands: readonly (() => Command)[] = [
  completionCommand,
  doctorCommand,
  envTemplateCommand,
  fleetCommand,
  migrateCommand,
  reportCommand,
  rotateCommand,
];
