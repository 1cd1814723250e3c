import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import type { ClusterAccess } from "../../../components/targets/kind.ts";
import { probeSpecOf } from "../../../components/targets/probes/facts.ts";
import { needsUsername, probeText } from "../../../components/targets/probes/probe.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Catalogue, CatalogueProbe } from "../../environments/catalogue-spec.ts";
import type { Probe } from "../environment.ts";
import type { Facts } from "../schema/index.ts";

export interface ResolveProbesArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<Facts, "probes">;
  /** By name. */
  readonly clusters: ReadonlyMap<string, ClusterAccess>;
  /** Resolved and settled: which are made here is known. */
  readonly secrets: readonly SecretSpec[];
}

export interface ResolvedProbes {
  readonly probes: readonly Probe[];
  readonly issues: readonly Issue[];
}

/**
 * The probes of secrets that are made here. One that nothing is known of is an issue, and so is one that would be tried without
 * what it needs. Pure.
 */
export function resolveProbes({ catalogue, facts, clusters, secrets }: ResolveProbesArgs): ResolvedProbes {
  const probes: Probe[] = [];
  const issues: Issue[] = Object.entries(facts.probes).flatMap(([name, each]) =>
    each.kind !== "job" || clusters.has(each.cluster) ? [] : [missingCluster(name, each.cluster, clusters)],
  );
  for (const { secret, use, index } of usesIn(catalogue, secrets)) {
    const described = own(facts.probes, use.probe);
    if (described === undefined) {
      issues.push(missingProbe(secret, use));
      continue;
    }
    const probe = probeSpecOf(use.probe, described, clusters);
    if (use.username === undefined && needsUsername(probe)) {
      issues.push({
        path: configPath(["catalogue", secret.app, "secrets", secret.name, "verify", index, "username"]),
        problem: `is missing: ${probeText(probe)} is sent with the name of an account`,
        fix: 'name the key that holds it: username: "<key>"; or let the request have authentication bearer or none, and no ${username}',
      });
      continue;
    }
    probes.push({ ...use, probe, secret });
  }
  return { probes, issues };
}

/** The probes of secrets whose keys exist in this environment. */
function usesIn(catalogue: Catalogue, secrets: readonly SecretSpec[]) {
  return secrets.filter(isMadeHere).flatMap((secret) => {
    const { verify = [] } = own(own(catalogue, secret.app)?.secrets ?? {}, secret.name) ?? {};
    return verify.flatMap((use, index) =>
      [use.username, use.password].every((key) => key === undefined || Object.hasOwn(secret.keys, key))
        ? [{ secret, use, index }]
        : [],
    );
  });
}

function missingProbe({ id }: SecretSpec, { probe }: CatalogueProbe): Issue {
  return {
    path: configPath(["probes", probe]),
    problem: `is missing: ${id} is verified by it`,
    fix: "describe it (docs/rotation.md#verification)",
  };
}

function missingCluster(name: string, cluster: string, clusters: ReadonlyMap<string, unknown>): Issue {
  return {
    path: configPath(["probes", name, "cluster"]),
    problem: `names "${cluster}", which is no cluster of this environment`,
    fix: `name one of ${[...clusters.keys()].join(", ")}`,
  };
}
