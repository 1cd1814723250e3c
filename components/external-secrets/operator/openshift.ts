import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { ClusterTarget, NetworkPolicySpec } from "../../clusters/contract.ts";
import { keptNamespace } from "../../clusters/kept-namespace.ts";
import { managerNamespace, managerNamespaceName } from "../../clusters/namespace-names.ts";
import { Component } from "../../support/component.ts";
import type { AdmissionSpec } from "../admission/contract.ts";
import { admissionResources } from "../admission/resources.ts";
import { egressTo } from "./network-policies.ts";
import type { OperatorTarget } from "./operator.ts";

export interface OpenShiftOperatorArgs {
  readonly cluster: ClusterTarget;
  /** TCP ports of the stores that the cluster's namespaces read. */
  readonly storePorts: readonly number[];
  /** What tenants of the cluster may ask of it. Absent: whatever their rights in Kubernetes allow. */
  readonly admission?: AdmissionSpec | undefined;
  /** Whether Red Hat's operator gets its namespace here; false where the cluster has it already. */
  readonly makeNamespace: boolean;
}

/** Name of Red Hat's operator in its catalogue. */
const packageName = "openshift-external-secrets-operator";

/**
 * Red Hat's External Secrets Operator for OpenShift, installed and updated by the Operator Lifecycle Manager. It installs
 * the External Secrets Operator into the namespace `external-secrets` once its one configuration object exists.
 *
 * Follows "External Secrets Operator for Red Hat OpenShift" of the OpenShift documentation (4.20 and later). Replicas,
 * probes and images are Red Hat's to decide.
 *
 * @example
 * const operator = new OpenShiftOperator("main", { cluster });
 */
export class OpenShiftOperator extends Component implements OperatorTarget {
  readonly ready: readonly Resource[];
  readonly namespace: string;

  constructor(
    name: string,
    { cluster, storePorts, admission, makeNamespace }: OpenShiftOperatorArgs,
    opts?: ComponentResourceOptions,
  ) {
    super("secrets:external-secrets:OpenShiftOperator", name, opts);
    const options = this.child({ provider: cluster.provider, hooks: { onError: [cluster.refusal] } });
    const { namespace: operand, networkPolicy } = cluster.spec.externalSecrets;
    this.namespace = operand;
    const labels = { "openshift.io/cluster-monitoring": "true" };
    const namespace = makeNamespace
      ? [keptNamespace(managerNamespace(name), { name: managerNamespaceName, labels }, options)]
      : [];
    const group = new CustomResource(
      `${name}/operator-group`,
      {
        apiVersion: "operators.coreos.com/v1",
        kind: "OperatorGroup",
        metadata: { name: packageName, namespace: managerNamespaceName },
        // No target namespaces: it serves the whole cluster, the one mode it has.
        spec: {},
      },
      { ...options, dependsOn: namespace },
    );
    const subscription = new CustomResource(
      `${name}/operator-subscription`,
      {
        apiVersion: "operators.coreos.com/v1alpha1",
        kind: "Subscription",
        metadata: {
          name: packageName,
          namespace: managerNamespaceName,
          // Its kinds exist only when it is installed, and the object below needs them.
          annotations: { "pulumi.com/waitFor": "jsonpath={.status.state}=AtLatestKnown" },
        },
        spec: {
          name: packageName,
          channel: "stable-v1",
          source: "redhat-operators",
          sourceNamespace: "openshift-marketplace",
          installPlanApproval: "Automatic",
        },
      },
      { ...options, dependsOn: group },
    );
    const config = new CustomResource(
      `${name}/operator-config`,
      {
        apiVersion: "operator.openshift.io/v1alpha1",
        kind: "ExternalSecretsConfig",
        metadata: { name: "cluster", annotations: { "pulumi.com/waitFor": "condition=Ready" } },
        spec: { controllerConfig: { networkPolicies: [storesPolicy({ storePorts, ...networkPolicy })] } },
      },
      { ...options, dependsOn: subscription },
    );
    this.ready = [config, ...admissionResources(name, admission, options)];
    this.registerOutputs({});
  }
}

/**
 * What lets the controller out to the stores: Red Hat's own policies shut it off from everything but DNS and port 6443. A
 * NetworkPolicy of ours would add to them as well, but the namespace is Red Hat's, and made only with this object. Webhook
 * and certificate controller need no more than they have, and this field does not know them.
 *
 * One entry under one name, whatever the facts say: the API server refuses a change that takes out an entry or renames it
 * ("name and componentName fields in networkPolicies are immutable"), and takes one of its `egress`
 * (openshift/external-secrets-operator, `external_secrets_config_types.go`).
 */
function storesPolicy({
  stores = [],
  storePorts,
}: Partial<NetworkPolicySpec> & { readonly storePorts: readonly number[] }) {
  return {
    name: "secret-stores",
    componentName: "ExternalSecretsCoreController",
    egress: [egressTo(stores, storePorts)],
  };
}
