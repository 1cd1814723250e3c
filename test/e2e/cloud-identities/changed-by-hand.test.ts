import assert from "node:assert/strict";
import { changeClouds, cloudsOptions, deployClouds } from "../support/clouds/stack.ts";
import type { SecretValues } from "../support/cluster.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import {
  forgetPolicies,
  mistrustReader,
  removeBinding,
  removeRoleAssignments,
  trustOtherAudience,
  trustOtherSubject,
} from "./by-hand.ts";
import { assertExplained, assertKept, assertSettled, credentials } from "./scene.ts";

/** What is broken by hand in each namespace, and what the user must read: the operator's own words, and the fix. */
const broken = {
  "store-ssm": {
    hand: () => mistrustReader("store-ssm", "eks", "parameter-store"),
    said: /AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    fix: /the namespace's role was deleted, or trusts another account: run `pulumi up --refresh`/,
  },
  "store-secrets-manager": {
    hand: () => forgetPolicies("store-secrets-manager", "eks", "secrets-manager"),
    said: /not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:/,
    fix: /the policy of the namespace's role does not name this object: run `pulumi up --refresh`/,
  },
  "store-pod-identity": {
    hand: () => mistrustReader("store-pod-identity", "eks-pod-identity", "secrets-manager"),
    said: /not authorized to perform: sts:(AssumeRole|TagSession)/,
    fix: /the operator may not assume the namespace's role: run `pulumi up --refresh`/,
  },
  "store-key-vault": {
    hand: () => trustOtherSubject("store-key-vault", "aks"),
    said: /AADSTS70021/,
    fix: /the identity's federated credential was changed outside this program, or is new: `pulumi up --refresh`/,
  },
  "store-key-vault-too": {
    hand: () => removeRoleAssignments("store-key-vault-too", "aks"),
    said: /ForbiddenByRbac/,
    fix: /the role assignment has not taken effect yet .*or was deleted: .*`pulumi up --refresh`/,
  },
  "store-gcp": {
    hand: () => removeBinding("store-gcp"),
    said: /secretmanager\.versions\.access/,
    fix: /the service account has no binding on this secret: run `pulumi up --refresh`/,
  },
  "store-gcp-federation": {
    hand: trustOtherAudience,
    said: /audience in ID Token .* does not match/,
    fix: /the identity provider accepts other audiences/,
  },
} as const;

describe("identities changed by hand", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    for (const { hand } of Object.values(broken)) await hand();
    const rotated = changeClouds({ facts: { rotations: { "proof/credentials": "2026-11-23" } } });
    // Every failure has to be reported, not only those under way when the first one occurs.
    failed = await run("up", rotated, { continueOnError: true });
  });

  it("fail a rotation", () => {
    assert.equal(failed.ok, false);
  });

  for (const [namespace, cause] of Object.entries(broken)) {
    it(`are explained for ${namespace}, in the operator's own words and with a fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("keep the old value in the Secrets concerned, and stop no other namespace from getting the new one", async () => {
    await assertKept(before_, broken);
  });

  it("are restored by up --refresh, and every namespace gets the new value", async () => {
    await succeed("up", cloudsOptions(), { refresh: true });
    await assertSettled(Object.keys(broken));
  });
});
