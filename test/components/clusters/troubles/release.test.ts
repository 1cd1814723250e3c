import assert from "node:assert/strict";
import {
  explainRelease,
  type FailedRelease,
  type ReleaseEvent,
} from "../../../../components/clusters/troubles/release.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";

const release = {
  name: "external-secrets",
  namespace: "external-secrets",
  label: "app.kubernetes.io/instance=external-secrets",
  kubectl: (words: string) => `kubectl ${words}`,
  otherImage: "pulumi config set image",
  asks: "clusters.main.externalSecrets.values",
  moreTime: "pulumi config set deadline",
  withoutMonitor: "pulumi config set serviceMonitor false",
  leave: "pulumi config set install false",
  takeOver: "docs/clusters/operator.md#an-operator-of-others",
};
const record = (version: number, status: string) => ({
  metadata: {
    name: `sh.helm.release.v1.external-secrets.v${version}`,
    labels: { owner: "helm", name: "external-secrets", status, version: String(version) },
  },
});
const warning = (kind: string, name: string, message: string, minute = 1): ReleaseEvent => ({
  type: "Warning",
  message,
  lastTimestamp: new Date(minute * 60_000).toISOString(),
  involvedObject: { kind, name },
});
const late = "context deadline exceeded";

function said(error: string, found: Partial<FailedRelease> = {}): string | undefined {
  const explained = explainRelease({ release, error, records: [], events: [], ...found });
  return explained === undefined ? undefined : explanationText(explained);
}

/** What Helm or the API server says, what the cluster has, and what `up` logs. */
const cases: Readonly<Record<string, readonly [error: string, found: Partial<FailedRelease>, said: string]>> = {
  "an operation that was killed": [
    "another operation (install/upgrade/rollback) is in progress",
    { records: [record(9, "deployed"), record(10, "pending-upgrade"), record(2, "superseded")] },
    "Helm release external-secrets/external-secrets is pending-upgrade in revision 10: a run was killed while Helm was at work, and Helm begins no other\n" +
      "  fix: once nobody is at work: kubectl -n external-secrets delete secret sh.helm.release.v1.external-secrets.v10 && pulumi up",
  ],
  "an installation that was killed": [
    "cannot re-use a name that is still in use",
    { records: [record(1, "pending-install")] },
    "Helm release external-secrets/external-secrets is pending-install in revision 1: a run was killed while Helm was at work, and Helm begins no other\n" +
      "  fix: once nobody is at work: kubectl -n external-secrets delete secret sh.helm.release.v1.external-secrets.v1 && pulumi up",
  ],
  "a kind that is not served": [
    'unable to build kubernetes objects from release manifest: resource mapping not found for name: "external-secrets-metrics" namespace: "external-secrets" from "": no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"\nensure CRDs are installed first',
    {},
    "Helm release external-secrets/external-secrets has a ServiceMonitor, a kind that the cluster does not serve\n" +
      "  fix: install the CRDs of the Prometheus Operator first (docs/alerts.md#before), or do without: pulumi config set serviceMonitor false",
  ],
  "objects of another installation": [
    'unable to continue with install: ServiceAccount "external-secrets" in namespace "external-secrets" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "external-secrets": current value is "eso"; annotation validation error: key "meta.helm.sh/release-namespace" must equal "external-secrets": current value is "platform"',
    {},
    "Helm release external-secrets/external-secrets can't be installed: somebody else has what it would make\n" +
      "  ServiceAccount external-secrets exists, of release eso, namespace platform\n" +
      "  fix: leave the installation to them: pulumi config set install false; or take it over: docs/clusters/operator.md#an-operator-of-others",
  ],
  "objects that were applied without Helm": [
    'unable to continue with install: CustomResourceDefinition "secretstores.external-secrets.io" in namespace "" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "external-secrets"',
    {},
    "Helm release external-secrets/external-secrets can't be installed: somebody else has what it would make\n" +
      "  CustomResourceDefinition secretstores.external-secrets.io exists, and is of no release of Helm\n" +
      "  fix: leave the installation to them: pulumi config set install false; or take it over: docs/clusters/operator.md#an-operator-of-others",
  ],
  "a namespace that is being deleted": [
    'secrets "sh.helm.release.v1.external-secrets.v1" is forbidden: unable to create new content in namespace external-secrets because it is being terminated',
    {},
    "Namespace external-secrets is being deleted, and takes no new object\n" +
      "  fix: see what holds it: kubectl get namespace external-secrets -o jsonpath='{.status.conditions[*].message}'; once it is gone: pulumi up --refresh",
  ],
  "a right that is missing": [
    'clusterroles.rbac.authorization.k8s.io is forbidden: User "ci" cannot create resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope',
    {},
    "user ci may not create clusterroles.rbac.authorization.k8s.io in the cluster\n" +
      "  fix: give it that right, which this command then answers with yes: kubectl auth can-i create clusterroles.rbac.authorization.k8s.io --as ci",
  ],
  "rights that can't be passed on": [
    'clusterroles.rbac.authorization.k8s.io "external-secrets-controller" is forbidden: user "ci" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
    {},
    "user ci may not give rights in the cluster that it does not have itself\n" +
      "  fix: give it these rights, or the one to give any: kubectl create clusterrole secrets-deployer-may-grant --verb=escalate,bind --resource=roles.rbac.authorization.k8s.io,clusterroles.rbac.authorization.k8s.io && kubectl create clusterrolebinding secrets-deployer-may-grant --clusterrole=secrets-deployer-may-grant --user=ci (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping)",
  ],
  "a webhook without endpoints": [
    'Internal error occurred: failed calling webhook "validate.kyverno.svc": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate?timeout=10s": no endpoints available for service "kyverno-svc"',
    {},
    'admission webhook validate.kyverno.svc can\'t be reached, so the API server refuses what it would look at: Post "https://kyverno-svc.kyverno.svc:443/validate?timeout=10s": no endpoints available for service "kyverno-svc"\n' +
      "  fix: start what answers there; where nothing does any more, remove its configuration: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
  ],
  "an image that is not pulled": [
    late,
    {
      events: [
        warning("Pod", "external-secrets-7d-x", 'Failed to pull image "ghcr.io/x": not found', 1),
        warning("Pod", "external-secrets-7d-x", "Error: ImagePullBackOff", 2),
        warning("Pod", "somebody-else", "Back-off restarting failed container", 3),
      ],
    },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      "  event: Pod external-secrets-7d-x: Error: ImagePullBackOff\n" +
      '  event: Pod external-secrets-7d-x: Failed to pull image "ghcr.io/x": not found\n' +
      "  fix: let it pull its image from where the nodes can: pulumi config set image",
  ],
  "a quota": [
    late,
    {
      events: [
        warning(
          "ReplicaSet",
          "external-secrets-7d",
          'Error creating: pods "external-secrets-7d-" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
        ),
      ],
    },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      '  event: ReplicaSet external-secrets-7d: Error creating: pods "external-secrets-7d-" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2\n' +
      "  fix: raise the quota, or remove what uses it up: kubectl -n external-secrets describe resourcequota",
  ],
  "Pod security": [
    late,
    {
      events: [
        warning(
          "ReplicaSet",
          "external-secrets-7d",
          'Error creating: pods "external-secrets-7d-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
        ),
      ],
    },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      '  event: ReplicaSet external-secrets-7d: Error creating: pods "external-secrets-7d-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true\n' +
      "  fix: change what puts the named field into Pods, or the label pod-security.kubernetes.io/enforce of namespace external-secrets",
  ],
  "a crash": [
    late,
    { events: [warning("Pod", "external-secrets-7d-x", "Back-off restarting failed container manager")] },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      "  event: Pod external-secrets-7d-x: Back-off restarting failed container manager\n" +
      "  fix: run pulumi up again, and while it waits: kubectl -n external-secrets logs -l app.kubernetes.io/instance=external-secrets --previous",
  ],
  "no room on a node": [
    late,
    { events: [warning("Pod", "external-secrets-7d-x", "0/3 nodes are available: 3 Insufficient memory.")] },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      "  event: Pod external-secrets-7d-x: 0/3 nodes are available: 3 Insufficient memory.\n" +
      "  fix: let a node take them, by room, labels or taints: kubectl describe nodes; or change what the Pods ask for: clusters.main.externalSecrets.values; or, where nodes are made on demand, allow more time: pulumi config set deadline",
  ],
  "the newest of several, without those of an earlier attempt": [
    late,
    {
      events: [
        warning("ReplicaSet", "external-secrets-58846df98", "Error creating: exceeded quota: no-pods", 1),
        warning("Pod", "external-secrets-5d8fc844c8-tq7tw", "Error: ImagePullBackOff", 2),
        warning("Pod", "external-secrets-webhook-7f6c9b7d4-x2x2x", "Back-off restarting failed container", 3),
        warning("Pod", "external-secrets-5d8fc844c8-tq7tw", "0/1 nodes are available: 1 Insufficient memory.", 4),
      ],
    },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      "  event: Pod external-secrets-5d8fc844c8-tq7tw: 0/1 nodes are available: 1 Insufficient memory.\n" +
      "  event: Pod external-secrets-webhook-7f6c9b7d4-x2x2x: Back-off restarting failed container\n" +
      "  event: Pod external-secrets-5d8fc844c8-tq7tw: Error: ImagePullBackOff\n" +
      "  fix: let a node take them, by room, labels or taints: kubectl describe nodes; or change what the Pods ask for: clusters.main.externalSecrets.values; or, where nodes are made on demand, allow more time: pulumi config set deadline",
  ],
  "limits of the namespace": [
    late,
    {
      events: [
        warning(
          "ReplicaSet",
          "external-secrets-7d",
          'Error creating: pods "external-secrets-7d-x" is forbidden: maximum memory usage per Container is 64Mi, but limit is 256Mi',
        ),
      ],
    },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      '  event: ReplicaSet external-secrets-7d: Error creating: pods "external-secrets-7d-x" is forbidden: maximum memory usage per Container is 64Mi, but limit is 256Mi\n' +
      "  fix: change the limits of the namespace: kubectl -n external-secrets describe limitrange; or change what the Pods ask for: clusters.main.externalSecrets.values",
  ],
  "a webhook that refuses Pods": [
    late,
    {
      events: [
        warning(
          "ReplicaSet",
          "external-secrets-7d",
          'Error creating: admission webhook "images.example" denied the request: only images of our registry',
        ),
      ],
    },
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      '  event: ReplicaSet external-secrets-7d: Error creating: admission webhook "images.example" denied the request: only images of our registry\n' +
      "  fix: change what it names, or ask whoever runs that policy for an exception",
  ],
  "no word at all": [
    late,
    {},
    "Helm release external-secrets/external-secrets did not start in time, and Helm took it back\n" +
      "  fix: see what it waits for, while it is installed: kubectl -n external-secrets get pods --watch",
  ],
};

describe("a Helm release that failed", () => {
  for (const [name, [error, found, expected]] of Object.entries(cases)) {
    it(`is explained: ${name}`, () => assert.equal(said(error, found), expected));
  }

  it("is left to Helm's own words where they are all that is known", () => {
    assert.equal(said('chart "external-secrets" version "9.9.9" not found'), undefined);
    assert.equal(said("another operation (install/upgrade/rollback) is in progress"), undefined);
    const records = [record(10, "deployed"), record(9, "pending-upgrade")];
    assert.equal(said("another operation (install/upgrade/rollback) is in progress", { records }), undefined);
  });
});
