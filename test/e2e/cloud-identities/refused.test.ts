import assert from "node:assert/strict";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import {
  closeKey,
  disableNewestVersion,
  forgetPolicies,
  mistrustReader,
  openKey,
  removeBinding,
  removeRoleAssignments,
  trustOtherAudience,
  trustOtherIssuer,
  trustOtherSubject,
} from "./by-hand.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprint, type SecretValues } from "../support/cluster.ts";
import { changeClouds, cloudsOptions, deployClouds, rows } from "../support/clouds/stack.ts";
import { eventually } from "../support/eventually.ts";
import { connection } from "../support/platform.ts";
import { run, succeed, type Run } from "../support/stacks.ts";

/** What is broken by hand in each namespace, and the words that the user must see: the operator's own, and the fix. */
const broken = {
  "store-ssm": {
    hand: () => mistrustReader("store-ssm", "eks", "parameter-store"),
    said: /AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    fix: /the namespace's role is gone or trusts another account: run `pulumi up --refresh`/,
  },
  "store-secrets-manager": {
    hand: () => forgetPolicies("store-secrets-manager", "eks", "secrets-manager"),
    said: /not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:/,
    fix: /the policy of the namespace's role does not name this object: run `pulumi up --refresh`/,
  },
  "store-pod-identity": {
    hand: () => mistrustReader("store-pod-identity", "eks-pod-identity", "secrets-manager"),
    said: /not authorized to perform: sts:(AssumeRole|TagSession)/,
    fix: /the operator may not become the namespace's role: run `pulumi up --refresh`/,
  },
  "store-key-vault": {
    hand: () => trustOtherSubject("store-key-vault", "aks"),
    said: /AADSTS70021/,
    fix: /the identity's trust was changed by hand, or is too new: `pulumi up --refresh`/,
  },
  "store-key-vault-too": {
    hand: () => removeRoleAssignments("store-key-vault-too", "aks"),
    said: /ForbiddenByRbac/,
    fix: /the reader's role assignment does not count yet, .*or is gone: .*`pulumi up --refresh`/,
  },
  "store-gcp": {
    hand: () => removeBinding("store-gcp"),
    said: /secretmanager\.versions\.access/,
    fix: /the reader is not bound to this secret: run `pulumi up --refresh`/,
  },
  "store-gcp-federation": {
    hand: trustOtherAudience,
    said: /audience in ID Token .* does not match/,
    fix: /the identity provider takes other audiences/,
  },
} as const;

describe("identities that were changed by hand", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    for (const { hand } of Object.values(broken)) await hand();
    const rotated = changeClouds({ facts: { rotations: { "proof/credentials": "2026-11-23" } } });
    // All of them are to be heard, and not only those that were under way when the first one failed.
    failed = await run("up", rotated, { continueOnError: true });
  });

  it("make a rotation fail", () => {
    assert.equal(failed.ok, false);
  });

  for (const [namespace, cause] of Object.entries(broken)) {
    it(`are explained for ${namespace}: in the operator's own words, with the fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("leave the Secrets as they were, and no other namespace behind", async () => {
    await assertKept(before_, broken);
  });

  it("are put back by up --refresh, and all namespaces get the new value", async () => {
    await succeed("up", cloudsOptions(), { refresh: true });
    await nudge(Object.keys(broken));
    await assertSettled();
  });
});

const unknownIssuer = {
  said: /InvalidIdentityToken: No OpenIDConnect provider found in your account for https:/,
  fix: /the store's account does not trust the cluster's issuer/,
} as const;
const otherIssuer = {
  said: /AADSTS700211/,
  fix: /the identity trusts another issuer: set clusters\.<name>\.issuer .*a slash at the end counts/,
} as const;

/** What each namespace says whose cloud was told of another issuer, or of another cluster. */
const mistaken = {
  "store-ssm": unknownIssuer,
  "store-secrets-manager": unknownIssuer,
  "store-key-vault": otherIssuer,
  "store-key-vault-too": otherIssuer,
  "store-gcp": {
    said: /idbindtoken token, status: 404/,
    fix: /Google knows no such GKE cluster/,
  },
  "store-gcp-federation": {
    said: /issuer in ID Token .* does not match/,
    fix: /the identity provider trusts another issuer: compare it character by character/,
  },
} as const;

/** Facts of the clusters: the issuer, as AWS and Azure are told it, and the name by which Google knows its own. */
const issuers = (eks: string, aks: string, gke: string) => {
  const { project, location, name } = GCP_SANDBOX.cluster;
  // It is the same cluster as before all the same: with another name alone the run would be refused.
  const identifier = `gke/${project}/${location}/${name}`;
  return { clusters: { eks: { issuer: eks }, aks: { issuer: aks }, gke: { clusterName: gke, identifier } } };
};

describe("clouds that were told of another issuer than the cluster has", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    // That Google's provider and the cluster differ is seen in the facts already; somebody may do it by hand.
    await trustOtherIssuer();
    const server = connection().kubernetesServer;
    const wrong = issuers(`${server}/elsewhere`, `${server}/`, "elsewhere");
    const rotated = changeClouds({ facts: { ...wrong, rotations: { "proof/credentials": "2026-11-24" } } });
    failed = await run("up", rotated, { continueOnError: true });
  });

  it("make a rotation fail", () => {
    assert.equal(failed.ok, false);
  });

  for (const [namespace, cause] of Object.entries(mistaken)) {
    it(`are explained for ${namespace}: in the operator's own words, with the fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("leave the Secrets as they were, and no other namespace behind", async () => {
    await assertKept(before_, mistaken);
  });

  it("are told the right facts, and all namespaces get the new value", async () => {
    const server = connection().kubernetesServer;
    await succeed("up", changeClouds({ facts: issuers(server, server, GCP_SANDBOX.cluster.name) }), { refresh: true });
    await nudge(Object.keys(mistaken));
    await assertSettled();
  });
});

const closedKey = {
  said: /AccessDeniedException: Access to KMS is not allowed/,
  fix: /the customer key does not let the reader decrypt: its key policy must let the account's IAM policies decide/,
} as const;
const disabled = {
  said: /is in DISABLED state/,
  fix: /the newest version was disabled or destroyed by hand: .*`pulumi up --refresh`/,
} as const;

/** What each namespace says whose store holds a value that it does not give. */
const withheld = {
  "store-secrets-manager": closedKey,
  "store-pod-identity": closedKey,
  "store-gcp": disabled,
  "store-gcp-federation": disabled,
} as const;

describe("a customer key that was closed, and a version that was disabled", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    await Promise.all([closeKey(), disableNewestVersion()]);
    // A rotation would write another version. Another interval has every namespace read what is there.
    failed = await run("up", changeClouds({ facts: { refreshSeconds: 7200 } }), { continueOnError: true });
  });

  for (const [namespace, cause] of Object.entries(withheld)) {
    it(`are explained for ${namespace}: in the operator's own words, with the fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("leave every Secret as it was", async () => {
    await assertKept(before_, Object.fromEntries(rows.map(({ namespace }) => [namespace, true])));
  });

  it("are mended by the key's owner and by up --refresh, which enables the version", async () => {
    await openKey();
    await succeed("up", changeClouds({ facts: { refreshSeconds: null } }), { refresh: true });
    await assertSettled();
  });
});

/** The operator's words and the fix must stand in what was said of a namespace's Secret. */
function assertExplained(
  { errors }: Run,
  namespace: string,
  { said, fix }: { readonly said: RegExp; readonly fix: RegExp },
) {
  const words = errors.filter((each) => each.includes(`${namespace}/credentials`)).join("\n");
  assert.match(words, said);
  assert.match(words, new RegExp(`fix: .*${fix.source}`));
}

/** Namespaces among `kept` have the value from before, and all others another one. */
async function assertKept(before_: SecretValues, kept: object): Promise<void> {
  const now = await credentials();
  for (const { namespace } of rows) {
    const name = `${namespace}/credentials`;
    const changed = passwordOf(now, name) !== passwordOf(before_, name);
    assert.equal(changed, !(namespace in kept), name);
  }
}

/** The operator tries again by itself, after pauses that double; any annotation is a nudge. */
async function nudge(namespaces: readonly string[]): Promise<void> {
  const nudges = namespaces.map((namespace) =>
    cli("kubectl", ["annotate", "externalsecret", "--all", `--namespace=${namespace}`, `nudged=${Date.now()}`]),
  );
  for (const { code, output } of await Promise.all(nudges)) assert.equal(code, 0, output);
}

/** All namespaces get to the same value, and the next `up` changes nothing. */
async function assertSettled(): Promise<void> {
  const same = async () => new Set([...(await credentials()).values()].map(({ password }) => password)).size === 1;
  await eventually("every namespace has the new value", same);
  const { changes, warnings } = await succeed("up", cloudsOptions());
  assert.deepEqual([changes, warnings], [{}, []]);
}

async function credentials(): Promise<SecretValues> {
  return applicationSecrets(rows.map(({ namespace }) => namespace));
}

function passwordOf(secrets: SecretValues, name: string): string {
  return fingerprint(secrets.get(name)?.["password"] ?? "");
}
