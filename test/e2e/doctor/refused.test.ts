import assert from "node:assert/strict";
import { cli } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { run } from "../support/stacks.ts";
import { apply, isContent, kubectl, mend } from "./scene.ts";

const inShared = { matchLabels: { "kubernetes.io/metadata.name": "shared" } };
const accounts = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["serviceaccounts"] };

/** What others may have in a cluster that refuses the account of the readers, and what `up` says of it. */
const obstacles: Readonly<Record<string, { readonly objects: readonly Manifest[]; readonly said: RegExp }>> = {
  "a quota that is used up": {
    objects: [
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "no-accounts", namespace: "shared" },
        spec: { hard: { "count/serviceaccounts": "0" } },
      },
    ],
    said: /Namespace shared has no quota left: no-accounts, requested: count\/serviceaccounts=1, used: count\/serviceaccounts=\d, limited: count\/serviceaccounts=0\n\s*fix: raise the quota, or remove what uses it up: kubectl -n shared describe resourcequota/,
  },
  "a policy of others": {
    objects: [
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicy",
        metadata: { name: "no-accounts" },
        spec: {
          matchConstraints: { resourceRules: [accounts] },
          validations: [{ expression: "false", message: "accounts are made by the platform team" }],
        },
      },
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicyBinding",
        metadata: { name: "no-accounts" },
        spec: {
          policyName: "no-accounts",
          validationActions: ["Deny"],
          matchResources: { namespaceSelector: inShared },
        },
      },
    ],
    said: /ValidatingAdmissionPolicy no-accounts refuses the object: accounts are made by the platform team\n\s*fix: change what it names, or ask whoever runs that policy for an exception/,
  },
  "a webhook of others whose server is gone": {
    objects: [
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: "gone" },
        webhooks: [
          {
            name: "accounts.gone.example",
            admissionReviewVersions: ["v1"],
            sideEffects: "None",
            clientConfig: { service: { name: "gone", namespace: "default" } },
            namespaceSelector: inShared,
            rules: [accounts],
          },
        ],
      },
    ],
    said: /admission webhook accounts\.gone\.example can't be reached, so the API server refuses what it would look at: .*service "gone" not found\n\s*fix: start what answers there; where nothing does any more, remove its configuration: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations/,
  },
};

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

describe("an up whose objects the API server refuses", () => {
  before(deployShared);

  for (const [title, { objects, said }] of Object.entries(obstacles)) {
    it(`says by what, and goes on once that is gone: ${title}`, async () => {
      await kubectl("delete", "serviceaccount", "secrets-reader", "--namespace=shared");
      for (const each of objects) await apply(each);
      try {
        await takesAccounts(false);
        const failed = await run("up", shared, { refresh: true });
        assert.equal(failed.ok, false);
        assert.match(failed.errors.join("\n"), said);
      } finally {
        for (const { kind, metadata } of objects) {
          const where = metadata.namespace === undefined ? [] : [`--namespace=${metadata.namespace}`];
          await kubectl("delete", kind.toLowerCase(), metadata.name, ...where);
        }
      }
      await takesAccounts(true);
      await mend(shared, "pulumi up --refresh --stack shared");
      await isContent(shared, "shared");
    });
  }
});

/** Waits until the API server takes another account, or refuses it: policies and webhooks take effect by and by. */
async function takesAccounts(wanted: boolean): Promise<void> {
  await eventually(`the API server ${wanted ? "takes" : "refuses"} accounts`, async () => {
    const { code } = await cli("kubectl", ["create", "serviceaccount", "probe", "-n", "shared", "--dry-run=server"]);
    return (code === 0) === wanted;
  });
}
