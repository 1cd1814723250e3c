import { shellWord } from "../../support/messages/config-command.ts";
import type { AlertRule, AlertedCluster } from "../contract.ts";
import type { Severity } from "../facts.ts";

/** What is particular to an alert. */
export interface AlertParts {
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  /** Minutes for which it must hold. Default: none. */
  readonly minutes?: number;
  readonly summary: string;
  /** What it means. */
  readonly description: string;
  /** The first command to type. */
  readonly command: string;
}

/** An alert with the labels and annotations that all have. Pure. */
export function alert(
  { cluster, owner, spec }: Pick<AlertedCluster, "cluster" | "owner" | "spec">,
  { name, severity, expr, minutes, summary, description, command }: AlertParts,
): AlertRule {
  return {
    alert: name,
    expr,
    ...(minutes === undefined ? {} : { for: `${minutes}m` }),
    labels: { severity: spec.severities[severity], stack: owner, stack_cluster: cluster },
    annotations: {
      summary,
      description: `Cluster ${cluster}: ${description}`,
      command,
      ...(spec.runbooks === undefined ? {} : { runbook_url: `${spec.runbooks}#${name.toLowerCase()}` }),
    },
  };
}

/** `kubectl` for the cluster: an alert is read where another one may be the current. Pure. */
export function kubectl({ context }: Pick<AlertedCluster, "context">, words: string): string {
  return `kubectl ${context === undefined ? "" : `--context ${shellWord(context)} `}${words}`;
}

/** Name of a stack in its project, as commands take it. Pure. */
export function stackName({ owner }: Pick<AlertedCluster, "owner">): string {
  return owner.slice(owner.indexOf("/") + 1);
}
