import assert from "node:assert/strict";
import { refusedIn } from "../../../../components/clusters/troubles/refusals.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";
import { up } from "../../../support/stack.ts";

/** What the API server says, and what `up` logs. */
const cases: Readonly<Record<string, readonly [error: string, said: string]>> = {
  "a deployer that may not create it": [
    'serviceaccounts is forbidden: User "ci" cannot create resource "serviceaccounts" in API group "" in the namespace "shop"',
    "user ci may not create serviceaccounts in namespace shop\n" +
      "  fix: give it that right, which this command then answers with yes: kubectl auth can-i create serviceaccounts -n shop --as ci",
  ],
  "a deployer that may not give rights which it lacks": [
    'roles.rbac.authorization.k8s.io "secrets-reader-token-request" is forbidden: user "ci" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["serviceaccounts/token"], ResourceNames:["secrets-reader"], Verbs:["create"]}',
    "user ci may not give rights in the cluster that it does not have itself\n" +
      '  {APIGroups:[""], Resources:["serviceaccounts/token"], ResourceNames:["secrets-reader"], Verbs:["create"]}\n' +
      "  fix: give it these rights, or the one to give any: kubectl create clusterrole secrets-deployer-may-grant --verb=escalate,bind --resource=roles.rbac.authorization.k8s.io,clusterroles.rbac.authorization.k8s.io && kubectl create clusterrolebinding secrets-deployer-may-grant --clusterrole=secrets-deployer-may-grant --user=ci (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping)",
  ],
  "a quota of objects": [
    'serviceaccounts "secrets-reader" is forbidden: exceeded quota: objects, requested: count/serviceaccounts=1, used: count/serviceaccounts=1, limited: count/serviceaccounts=1',
    "Namespace shop has no quota left: objects, requested: count/serviceaccounts=1, used: count/serviceaccounts=1, limited: count/serviceaccounts=1\n" +
      "  fix: raise the quota, or remove what uses it up: kubectl -n shop describe resourcequota",
  ],
  "a policy of an admission webhook": [
    'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource ServiceAccount/shop/secrets-reader was blocked due to the following policies',
    "admission webhook validate.kyverno.svc-fail refuses the object: resource ServiceAccount/shop/secrets-reader was blocked due to the following policies\n" +
      "  fix: change what it names, or ask whoever runs that policy for an exception",
  ],
  "a ValidatingAdmissionPolicy": [
    "rolebindings.rbac.authorization.k8s.io \"secrets-reader-token-request\" is forbidden: ValidatingAdmissionPolicy 'no-foreign-subjects' with binding 'all' denied request: subjects must be of the namespace",
    "ValidatingAdmissionPolicy no-foreign-subjects refuses the object: subjects must be of the namespace\n" +
      "  fix: change what it names, or ask whoever runs that policy for an exception",
  ],
  "a namespace that is being deleted": [
    'serviceaccounts "secrets-reader" is forbidden: unable to create new content in namespace shop because it is being terminated',
    "Namespace shop is being deleted, and takes no new object\n" +
      "  fix: see what holds it: kubectl get namespace shop -o jsonpath='{.status.conditions[*].message}'; once it is gone: pulumi up --refresh",
  ],
};

describe("what the API server refuses", () => {
  for (const [title, [error, said]] of Object.entries(cases)) {
    it(`is explained with its fix: ${title}`, () => {
      const explained = refusedIn(error, "shop");
      assert.equal(explained === undefined ? undefined : explanationText(explained), said);
    });
  }

  it("is left to the provider's words where nothing more is known", () => {
    assert.equal(refusedIn("etcdserver: request timed out", "shop"), undefined);
  });

  it("is explained of every service account, role and binding, and of whatever else a cluster gets", async () => {
    const { resources } = await up();
    const unexplained = resources.all.filter(
      ({ type, custom, options }) =>
        custom && /^kubernetes:/.test(type) && (options.hooks["onError"] ?? []).length === 0,
    );
    assert.deepEqual(
      unexplained.map(({ type, name }) => `${type} ${name}`),
      [],
    );
    const account = resources.find("kubernetes:core/v1:ServiceAccount", "main/shop/service-account");
    assert.deepEqual(account.options.hooks["onError"], ["explain-refusal-main"]);
  });
});
