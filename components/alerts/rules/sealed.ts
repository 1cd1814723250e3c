import type { AlertedCluster, AlertRule } from "../contract.ts";
import { byObject, placed, placeLabel, select } from "../metrics.ts";
import { alert, stackName } from "./alert.ts";

/** Alerts about what the Sealed Secrets controller does. Where nobody scrapes it, none fires. Pure. */
export function sealedAlerts(cluster: AlertedCluster): readonly AlertRule[] {
  if (cluster.sealing === undefined) return [];
  const { notSyncedMinutes } = cluster.spec.thresholds;
  const object = `{{ $labels.${placeLabel} }}/{{ $labels.name }}`;
  const synced = select("sealed_secrets_controller_condition_info", { condition: "Synced" });
  return [
    alert(cluster, {
      name: "SecretsNotUnsealed",
      severity: "warning",
      expr: `min ${byObject} (${placed(synced)}) == -1`,
      minutes: notSyncedMinutes,
      summary: `SealedSecret ${object} is not unsealed`,
      description: `the Sealed Secrets controller could not unseal SealedSecret ${object} for ${notSyncedMinutes} minutes. Its Secret keeps its last values, or is missing.`,
      command: `npx secrets doctor ${object} --stack ${stackName(cluster)}`,
    }),
  ];
}
