import type { ComponentResourceOptions, CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole.js";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type { ClusterTarget, ExternalSecretsSpec } from "../../clusters/contract.ts";
import { keptNamespace } from "../../clusters/kept-namespace.ts";
import { operatorNamespace, operatorLabels } from "../../clusters/namespace-names.ts";
import { explainReleaseHook } from "../../clusters/troubles/release-hook.ts";
import { Component } from "../../support/component.ts";
import type { AdmissionSpec } from "../admission/contract.ts";
import { admissionResources } from "../admission/resources.ts";
import { controllerRules, leaderElectionRules } from "./controller-rbac.ts";
import { networkPolicies } from "./network-policies.ts";
import { caConfigMap, caFile } from "./pods.ts";
import {
  chartScopesTokenCreation,
  operatorServiceAccount,
  releaseName,
  releaseRemedies,
  releaseValues,
  trustedCaConfigMap,
  type OperatorSizing,
} from "./values.ts";

export interface ExternalSecretsOperatorArgs {
  readonly cluster: ClusterTarget;
  readonly sizing: OperatorSizing;
  /** TCP ports of the stores that the cluster's namespaces read. */
  readonly storePorts: readonly number[];
  /** What tenants of the cluster may ask of it. Absent: whatever their rights in Kubernetes allow. */
  readonly admission?: AdmissionSpec | undefined;
  /** Whether its namespace is made here; false where the cluster has it already. */
  readonly makeNamespace: boolean;
  /** Variables of the controller, by which it finds the clouds of the stores. Default: none. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What its Pods must find when they start: their identity on a cloud. Default: nothing. */
  readonly identity?: readonly Resource[];
  /** Generators that it runs besides those for PushSecrets, in the plural of resources. Default: none. */
  readonly generators?: readonly string[];
}

/** An operator that serves a cluster, installed by this stack or by another. */
export interface OperatorTarget {
  /** What custom resources must wait for, and be deleted before. */
  readonly ready: readonly Resource[];
  /** Namespace of the operator and its service account, which tokens are minted by. */
  readonly namespace: string;
}

/**
 * Revisions of the release that Helm keeps, each a Secret of the operator's namespace with the whole chart in it. The
 * provider's default is to keep all of them.
 */
const maxHistory = 5;

/**
 * The External Secrets Operator in one cluster: its namespace, its rights, its Helm release with the CRDs.
 *
 * @example
 * const operator = new ExternalSecretsOperator("main", { cluster, sizing: { replicas: 2 } });
 * new CustomResource("db", manifest, { dependsOn: operator.ready });
 */
export class ExternalSecretsOperator extends Component implements OperatorTarget {
  readonly ready: readonly Resource[];
  readonly namespace: string;

  constructor(
    name: string,
    {
      cluster,
      sizing,
      storePorts,
      admission,
      makeNamespace,
      variables = {},
      identity = [],
      generators = [],
    }: ExternalSecretsOperatorArgs,
    opts?: ComponentResourceOptions,
  ) {
    super("secrets:external-secrets:ExternalSecretsOperator", name, opts);
    const spec = cluster.spec.externalSecrets;
    const options = this.child({ provider: cluster.provider, hooks: { onError: [cluster.refusal] } });
    this.namespace = spec.namespace;

    const namespace = makeNamespace
      ? [keptNamespace(operatorNamespace(name), { name: spec.namespace, labels: operatorLabels(spec) }, options)]
      : [];
    const rights = chartScopesTokenCreation(spec.version)
      ? []
      : this.#rights(name, spec, generators, { ...options, dependsOn: namespace });
    const release = new Release(
      `${name}/operator`,
      {
        name: releaseName,
        chart: spec.chart,
        version: spec.version,
        namespace: spec.namespace,
        ...(spec.repository === undefined ? {} : { repositoryOpts: { repo: spec.repository } }),
        values: releaseValues(cluster.spec, sizing, variables),
        // A failed first install is removed again, so that the next run starts clean.
        atomic: true,
        timeout: spec.deadlineSeconds,
        maxHistory,
      },
      {
        ...options,
        hooks: {
          onError: [
            explainReleaseHook(cluster.spec, {
              name: releaseName,
              namespace: spec.namespace,
              label: `app.kubernetes.io/instance=${releaseName}`,
              ...releaseRemedies(name),
            }),
          ],
        },
        dependsOn: [
          ...namespace,
          ...rights,
          ...identity,
          ...this.#trustedCertificates(name, cluster, options),
          ...this.#caBundle(name, spec, { ...options, dependsOn: namespace }),
        ],
      },
    );
    const policies = this.#networkPolicies(name, { cluster, storePorts }, { ...options, dependsOn: namespace });
    this.ready = [release, ...rights, ...policies, ...admissionResources(name, admission, options)];
    this.registerOutputs({});
  }

  #networkPolicies(
    name: string,
    { cluster: { spec: cluster }, storePorts }: Pick<ExternalSecretsOperatorArgs, "cluster" | "storePorts">,
    options: CustomResourceOptions,
  ): readonly Resource[] {
    const spec = cluster.externalSecrets;
    if (spec.networkPolicy === undefined) return [];
    const { dnsPorts, podIdentity } = cluster.traits;
    const traits = {
      webhookPort: spec.webhookPort,
      webhookHostNetwork: spec.webhookHostNetwork === true,
      dnsPorts,
      podIdentity: podIdentity !== undefined,
    };
    return networkPolicies({ storePorts, ...spec.networkPolicy }, traits).map(
      (policy) =>
        new NetworkPolicy(
          `${name}/operator-network/${policy.name}`,
          { metadata: { name: policy.name, namespace: spec.namespace }, spec: policy.spec },
          options,
        ),
    );
  }

  /** OpenShift fills a ConfigMap of this label with the certificates that the cluster trusts. */
  #trustedCertificates(name: string, { spec }: ClusterTarget, options: CustomResourceOptions): readonly Resource[] {
    if (!spec.traits.trustedCaBundle) return [];
    const metadata = {
      name: trustedCaConfigMap,
      namespace: spec.externalSecrets.namespace,
      labels: { "config.openshift.io/inject-trusted-cabundle": "true" },
    };
    // Its content is the cluster's to write.
    return [new ConfigMap(`${name}/trusted-ca`, { metadata }, { ...options, ignoreChanges: ["data"] })];
  }

  /** Certificates that facts bring. */
  #caBundle(name: string, spec: ExternalSecretsSpec, options: CustomResourceOptions): readonly Resource[] {
    if (spec.caBundle === undefined) return [];
    const metadata = { name: caConfigMap, namespace: spec.namespace };
    return [new ConfigMap(`${name}/ca-bundle`, { metadata, data: { [caFile]: spec.caBundle } }, options)];
  }

  #rights(
    name: string,
    spec: ExternalSecretsSpec,
    generators: readonly string[],
    options: CustomResourceOptions,
  ): readonly Resource[] {
    const { namespace } = this;
    const subjects = [{ kind: "ServiceAccount", name: operatorServiceAccount, namespace }];
    const controller = `${releaseName}-controller-scoped`;
    const election = `${releaseName}-leader-election-scoped`;
    const clusterRole = new ClusterRole(
      `${name}/operator-role`,
      {
        metadata: { name: controller },
        rules: controllerRules({
          clusterStores: spec.clusterSecretStore !== undefined,
          pushSecrets: spec.pushSecrets,
          generators,
        }),
      },
      options,
    );
    const role = new Role(
      `${name}/operator-leases`,
      { metadata: { name: election, namespace }, rules: leaderElectionRules },
      options,
    );
    return [
      clusterRole,
      role,
      new ClusterRoleBinding(
        `${name}/operator-role-binding`,
        {
          metadata: { name: controller },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: controller },
          subjects,
        },
        { ...options, dependsOn: clusterRole },
      ),
      new RoleBinding(
        `${name}/operator-leases-binding`,
        {
          metadata: { name: election, namespace },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: election },
          subjects,
        },
        { ...options, dependsOn: role },
      ),
    ];
  }
}
