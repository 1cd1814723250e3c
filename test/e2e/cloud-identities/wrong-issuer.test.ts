import assert from "node:assert/strict";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { changeClouds, deployClouds } from "../support/clouds/stack.ts";
import type { SecretValues } from "../support/cluster.ts";
import { connection } from "../support/platform.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { trustOtherIssuer } from "./by-hand.ts";
import { assertExplained, assertKept, assertSettled, credentials } from "./scene.ts";

const unknownIssuer = {
  said: /InvalidIdentityToken: No OpenIDConnect provider found in your account for https:/,
  fix: /the store's account does not trust the cluster's issuer/,
} as const;
const otherIssuer = {
  said: /AADSTS700211/,
  fix: /the identity trusts another issuer: set clusters\.<name>\.issuer .*a slash at the end counts/,
} as const;

/** What is reported for each namespace whose cloud trusts another issuer, or another cluster. */
const mistaken = {
  "store-ssm": unknownIssuer,
  "store-secrets-manager": unknownIssuer,
  "store-key-vault": otherIssuer,
  "store-key-vault-too": otherIssuer,
  "store-gcp": {
    said: /idbindtoken token, status: 404/,
    fix: /Google can't find this GKE cluster/,
  },
  "store-gcp-federation": {
    said: /issuer in ID Token .* does not match/,
    fix: /the identity provider trusts another issuer: compare it character by character/,
  },
} as const;

/** Facts of the clusters: the issuer that AWS and Azure trust, and the name that Google gives its own cluster. */
const issuers = (eks: string, aks: string, gke: string) => {
  const { project, location, name } = GCP_SANDBOX.cluster;
  // The identifier stays: if only the name changed, the run would be refused.
  const identifier = `gke/${project}/${location}/${name}`;
  return { clusters: { eks: { issuer: eks }, aks: { issuer: aks }, gke: { clusterName: gke, identifier } } };
};

describe("clouds that trust another issuer than the cluster's", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    // Facts with another issuer than Google's provider trusts would be refused, so the provider is changed by hand.
    await trustOtherIssuer();
    const server = connection().kubernetesServer;
    const wrong = issuers(`${server}/elsewhere`, `${server}/`, "elsewhere");
    const rotated = changeClouds({ facts: { ...wrong, rotations: { "proof/credentials": "2026-11-24" } } });
    failed = await run("up", rotated, { continueOnError: true });
  });

  it("fail a rotation", () => {
    assert.equal(failed.ok, false);
  });

  for (const [namespace, cause] of Object.entries(mistaken)) {
    it(`are explained for ${namespace}, in the operator's own words and with a fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("keep the old value in the Secrets concerned, and stop no other namespace from getting the new one", async () => {
    await assertKept(before_, mistaken);
  });

  it("are corrected with the facts, and then every namespace gets the new value", async () => {
    const server = connection().kubernetesServer;
    await succeed("up", changeClouds({ facts: issuers(server, server, GCP_SANDBOX.cluster.name) }), { refresh: true });
    await assertSettled(Object.keys(mistaken));
  });
});
