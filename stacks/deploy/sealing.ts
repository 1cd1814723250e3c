import type { ResourceHook } from "@pulumi/pulumi";
import type { StateResource } from "../../components/backends/contract.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { ReleaseFromSealed } from "../../components/delivery/external-secret.ts";
import type { Sealing } from "../../components/delivery/sealed-secret.ts";
import {
  expiryProblem,
  isCertificate,
  readCertificate,
  type SealingCertificate,
} from "../../components/sealed-secrets/certificate.ts";
import { sealingHooks, type SealingHooks } from "../../components/sealed-secrets/hooks.ts";
import { sealedSecretType } from "../../components/sealed-secrets/manifest.ts";
import type { SealedBefore } from "../../components/sealed-secrets/resealing.ts";
import type { SealingCluster } from "../../components/sealed-secrets/source.ts";
import { configPath } from "../../components/support/messages/config-command.ts";
import { RefusedError, type Issue } from "../../components/support/messages/errors.ts";
import type { Entropy } from "../../components/values/entropy.ts";
import type { Environment } from "../config/environment.ts";
import type { ExternalQueries } from "./external-queries.ts";
import { deliveryTypes } from "./preflight/known-deliveries.ts";
import { required } from "./required.ts";

/** Certificates by cluster: of those alone for which something is sealed. */
export type SealingCertificates = ReadonlyMap<string, SealingCertificate>;

/**
 * The certificate of each cluster for which values are sealed.
 *
 * @param now time of the run. `undefined`: no certificate is taken to have expired.
 * @throws StoreError where one can't be had.
 * @throws RefusedError where one can't be sealed with.
 */
export async function sealingCertificates(
  environment: Environment,
  { sealingCertificate }: Pick<ExternalQueries, "sealingCertificate">,
  now: Date | undefined,
): Promise<SealingCertificates> {
  const clusters = [...environment.clusters.values()]
    .filter(({ namespaces }) => namespaces.some(({ deliveries }) => deliveries.some(isSealed)))
    .map(({ spec }) => spec)
    .filter(seals);
  const read = await Promise.all(
    clusters.map(async (cluster) => [cluster, readCertificate(await sealingCertificate(cluster))] as const),
  );
  const issues = read.flatMap(([cluster, certificate]): readonly Issue[] => {
    const problem = isCertificate(certificate)
      ? now === undefined
        ? undefined
        : expiryProblem(certificate, now)
      : certificate.problem;
    return problem === undefined ? [] : [certificateIssue(cluster, problem)];
  });
  if (issues.length > 0) throw new RefusedError(environment.name, issues);
  return new Map(
    read.flatMap(([{ name }, certificate]) => (isCertificate(certificate) ? [[name, certificate] as const] : [])),
  );
}

function isSealed({ via }: { readonly via: string }): boolean {
  return via === "sealed-secret";
}

function seals(cluster: ClusterSpec): cluster is SealingCluster {
  return cluster.sealedSecrets !== undefined;
}

const keys = { facts: ["certificate"], file: ["certificateFile"], controller: [] } as const;

function certificateIssue(
  { name, sealedSecrets: { certificate, controller } }: SealingCluster,
  problem: string,
): Issue {
  const subject =
    certificate.from === "file"
      ? `${certificate.path} `
      : certificate.from === "facts"
        ? ""
        : "the certificate of its controller ";
  const fetch = `kubeseal --fetch-cert --controller-namespace ${controller.namespace} --controller-name ${controller.name}`;
  return {
    path: configPath(["clusters", name, "sealedSecrets", ...keys[certificate.from]]),
    problem: `${subject}${problem}`,
    fix:
      certificate.from === "controller"
        ? "renew the key of the controller: it makes a new one when it starts and the newest is older than --key-renew-period"
        : `use the newest certificate of the controller: ${fetch}`,
  };
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

function sealingOf(spec: ClusterSpec, parts: Omit<Sealing, "scope">): Sealing {
  return { ...parts, scope: required(spec.sealedSecrets, `sealedSecrets of cluster ${spec.name}`).scope };
}

function namesOf(state: readonly StateResource[], types: readonly string[]): ReadonlySet<string> {
  return new Set(state.flatMap(({ type, name }) => (types.includes(type) ? [name] : [])));
}
