import { placeOf } from "../../operations/migrate/plan/model.ts";
import type { MigrationReport } from "../../operations/migrate/run/context.ts";
import { migrateCommand, phases, phaseTitles, type Journal } from "../../operations/migrate/run/model.ts";
import { section } from "./plan.ts";
import type { Result } from "../frame.ts";

export function migrationResult(report: MigrationReport): Result {
  return { text: () => migrationText(report), data: report };
}

/** What taking a migration back of this environment came to; without a journal there was none to take back. */
export function rollbackResult(journal: Journal | undefined, environment: string): Result {
  return { text: () => rollbackText(journal), data: { environment, secrets: journal?.secrets ?? [] } };
}

/** What a run has done, as people read it. */
export function migrationText({ environment, done, proofs, retire }: MigrationReport): string {
  const blocks = [
    section(
      `Migration into environment ${environment}:`,
      phases.map((phase) => `${done.includes(phase) ? "done" : "    "}  ${phase.padEnd(7)}  ${phaseTitles[phase]}`),
    ),
    section(
      "Compared:",
      proofs.map(({ secret, key, result }) => `${secret} ${key}: ${result}`),
    ),
    section("To be taken away:", retire),
    done.includes("switch") && !done.includes("retire")
      ? `What of it is in files, and how it goes: ${migrateCommand("retire", environment)}\nUntil then, this takes it back: ${migrateCommand("rollback", environment)}`
      : "",
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

export function rollbackText(journal: Journal | undefined): string {
  if (journal === undefined) return "No migration runs: there is nothing to take back.\n";
  const { secrets, facts } = journal;
  const lines = [
    section(
      "Taken back. Applications read what they read before:",
      secrets.map((secret) => `${placeOf(secret)}${secret.mode === "new" ? " (new: nobody had it before)" : ""}`),
    ),
    "What was delivered beside them stays until the catalogue no longer has it. Values and facts that were set stay too" +
      `${facts.length === 0 ? "" : `, ${facts.length} facts among them`}.`,
  ];
  return `${lines.join("\n\n")}\n`;
}
