import type { ResourceHook } from "@pulumi/pulumi";
import type { StateResource } from "../../components/backends/contract.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { ReleaseFromSealed } from "../../components/delivery/external-secret.ts";
import type { Sealing } from "../../components/delivery/sealed-secret.ts";
import {
  expiryProblem,
  isCertificate,
  readCertificate,
  type NoCertificate,
  type SealingCertificate,
} from "../../components/sealed-secrets/certificate.ts";
import { sealingHooks, type SealingHooks } from "../../components/sealed-secrets/hooks.ts";
import { sealedSecretType } from "../../components/sealed-secrets/manifest.ts";
import { fetchCertificateCommand } from "../../components/sealed-secrets/kubeseal.ts";
import type { SealedBefore } from "../../components/sealed-secrets/resealing.ts";
import type { SealingCluster } from "../../components/sealed-secrets/source.ts";
import { configPath } from "../../components/support/messages/config-command.ts";
import { RefusedError, type Issue } from "../../components/support/messages/errors.ts";
import type { Entropy } from "../../components/values/entropy.ts";
import type { Cluster, Environment } from "../config/environment.ts";
import type { ExternalQueries } from "./external-queries.ts";
import { deliveryTypes } from "./preflight/known-deliveries.ts";
import { required } from "./required.ts";

/** Certificates by cluster: of those alone for which something is sealed. */
export type SealingCertificates = ReadonlyMap<string, SealingCertificate>;

/**
 * The certificate of each cluster for which values are sealed.
 *
 * @param now time of the run. `undefined`: no certificate is taken to have expired.
 * @throws RefusedError where one can't be had, or can't be sealed with.
 */
export async function sealingCertificates(
  environment: Environment,
  { sealingCertificate }: Pick<ExternalQueries, "sealingCertificate">,
  now: Date | undefined,
): Promise<SealingCertificates> {
  const clusters = [...environment.clusters.values()]
    .filter(isSealedFor)
    .map(({ spec }) => spec)
    .filter(seals);
  const issues: Issue[] = [];
  const certificates = new Map<string, SealingCertificate>();
  const texts = clusters.map(async (cluster) => [cluster, await sealingCertificate(cluster)] as const);
  for (const [cluster, text] of await Promise.all(texts)) {
    const read = typeof text === "string" ? usable(cluster, readCertificate(text), now) : text;
    if ("publicKey" in read) certificates.set(cluster.name, read);
    else issues.push(read);
  }
  if (issues.length > 0) throw new RefusedError(environment.name, issues);
  return certificates;
}

/** The certificate, or why it can't be sealed with. */
function usable(
  cluster: SealingCluster,
  read: SealingCertificate | NoCertificate,
  now: Date | undefined,
): SealingCertificate | Issue {
  if (!isCertificate(read)) return certificateIssue(cluster, read.problem);
  const expired = now === undefined ? undefined : expiryProblem(read, now);
  return expired === undefined ? read : certificateIssue(cluster, expired);
}

/** Whether something is sealed for a cluster. */
export function isSealedFor({ namespaces }: Pick<Cluster, "namespaces">): boolean {
  return namespaces.some(({ deliveries }) => deliveries.some(isSealed));
}

function isSealed({ via }: { readonly via: string }): boolean {
  return via === "sealed-secret";
}

function seals(cluster: ClusterSpec): cluster is SealingCluster {
  return cluster.sealedSecrets !== undefined;
}

const keys = { facts: ["certificate"], file: ["certificateFile"], controller: [] } as const;

function certificateIssue(cluster: SealingCluster, problem: string): Issue {
  const { name, sealedSecrets } = cluster;
  const { certificate } = sealedSecrets;
  const path = configPath(["clusters", name, "sealedSecrets", ...keys[certificate.from]]);
  switch (certificate.from) {
    case "facts":
      return {
        path,
        problem,
        fix: `use the newest certificate of the controller: ${fetchCertificateCommand(cluster)}`,
      };
    case "file":
      return {
        path,
        problem: `${certificate.path} ${problem}`,
        fix: `use the newest certificate of the controller: ${fetchCertificateCommand(cluster, certificate.path)}`,
      };
    case "controller":
      return {
        path,
        problem: `the certificate of its controller ${problem}`,
        fix: "renew the key of the controller: it makes a new one when it starts and the newest is older than --key-renew-period",
      };
  }
}

/** Sealing for the clusters of one run. */
export interface SealingArgs {
  readonly certificates: SealingCertificates;
  readonly entropy: Entropy;
  readonly state: readonly StateResource[];
}

/** What the namespaces of one cluster seal with, and how Secrets change hands there. */
export interface ClusterSealing {
  readonly sealing?: Sealing;
  /** Resources of ExternalSecrets of this stack. */
  readonly formerlySynced: ReadonlySet<string>;
  readonly release?: ReleaseFromSealed;
}

/** Returns, for each cluster, how values are sealed for it. Hooks are made once for each cluster that needs them. */
export function sealingIn({ certificates, entropy, state }: SealingArgs): (spec: ClusterSpec) => ClusterSealing {
  const before = new Map<string, SealedBefore>(
    state.flatMap(({ name, sealed }) => (sealed === undefined ? [] : [[name, sealed]])),
  );
  const synced = namesOf(state, deliveryTypes["external-secret"]);
  const sealed = namesOf(state, [sealedSecretType]);
  const known = new Map<string, ClusterSealing>();
  return (spec) => {
    const made = known.get(spec.name);
    if (made !== undefined) return made;
    const certificate = certificates.get(spec.name);
    const released = [...sealed].some((name) => name.startsWith(`${spec.name}/`));
    const hooks = certificate === undefined && !released ? undefined : sealingHooks({ spec });
    const result: ClusterSealing = {
      formerlySynced: synced,
      ...(certificate === undefined
        ? {}
        : { sealing: sealingOf(spec, { certificate, hooks: required(hooks, "hooks"), entropy, before }) }),
      ...(released ? { release: { sealed, synced, hook: releaseOf(hooks) } } : {}),
    };
    known.set(spec.name, result);
    return result;
  };
}

function releaseOf(hooks: SealingHooks | undefined): ResourceHook {
  return required(hooks, "hooks").release;
}

function sealingOf(spec: ClusterSpec, parts: Omit<Sealing, "scope" | "appliedBy">): Sealing {
  const { scope, appliedBy } = required(spec.sealedSecrets, `sealedSecrets of cluster ${spec.name}`);
  return { ...parts, scope, appliedBy };
}

function namesOf(state: readonly StateResource[], types: readonly string[]): ReadonlySet<string> {
  return new Set(state.flatMap(({ type, name }) => (types.includes(type) ? [name] : [])));
}
