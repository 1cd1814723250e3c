import { credentialsPath, longestRefresh, type IssuingRole } from "../../../components/backends/issued.ts";
import type { StoreSession } from "../../../components/backends/session.ts";
import { declaredName, sourcesOf } from "../../../components/delivery/contract.ts";
import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment, Placement } from "../../config/environment.ts";

export interface PreflightIssued {
  readonly issues: readonly Issue[];
  /** What roles issue, by store and remote name. */
  readonly roles: ReadonlyMap<string, ReadonlyMap<string, IssuingRole>>;
}

/**
 * Roles that are to issue credentials must be there, and the operator must fetch new credentials before those of the last
 * refresh end. No credentials are made by asking.
 */
export async function preflightIssued(
  environment: Environment,
  sessions: ReadonlyMap<string, StoreSession>,
): Promise<PreflightIssued> {
  const issues: Issue[] = [];
  const roles = new Map<string, Map<string, IssuingRole>>();
  const issuing = environment.placements.flatMap((placement) =>
    placement.objects.filter(({ issued }) => issued !== undefined).map((object) => ({ placement, object })),
  );
  await Promise.all(
    issuing.map(async ({ placement, object }) => {
      const { store, secret } = placement;
      const inspection = await sessions.get(store.name)?.inspectRole?.(object);
      if (inspection === undefined) throw new Error(`store ${store.name} was not opened, or issues nothing`);
      if ("problem" in inspection) {
        issues.push({ path: credentialsPath(store.name, secret.id), ...inspection });
        return;
      }
      const ofStore = roles.get(store.name) ?? new Map<string, IssuingRole>();
      roles.set(store.name, ofStore.set(object.name, inspection.role));
      if (object.issued?.kind === "dynamic") issues.push(...lateReads(environment, placement, inspection.role));
    }),
  );
  return { issues, roles };
}

/** Secrets whose credentials would end before the operator fetches others. */
function lateReads(
  { namespaces, refreshSeconds }: Environment,
  { secret, store }: Placement,
  role: IssuingRole,
): readonly Issue[] {
  const longest = longestRefresh(role);
  return namespaces.flatMap(({ entry, deliveries }) =>
    deliveries
      .filter((each) => sourcesOf(each).some((source) => source.secret === secret.id))
      .flatMap((delivery): readonly Issue[] => {
        const { refresh = { policy: "Periodic" as const, seconds: refreshSeconds, from: "refreshSeconds" } } = delivery;
        if (refresh.policy !== "Periodic" || refresh.seconds <= longest) return [];
        const at = ["namespaces", entry, "secrets", declaredName(delivery), "refreshSeconds"];
        return [
          {
            path: refresh.from === "refreshSeconds" ? configPath(at) : refresh.from,
            problem:
              `${delivery.namespace}/${delivery.secretName} is refreshed every ${refresh.seconds} s, and credentials of its role in store ${store.name} are valid for ${role.seconds} s: ` +
              `new ones must come after two thirds of that, ${longest} s, so that consumers have time to change over`,
            fix: setCommand(at, longest),
          },
        ];
      }),
  );
}
