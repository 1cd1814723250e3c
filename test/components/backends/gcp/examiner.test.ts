import assert from "node:assert/strict";
import type { Reading, StoreExamination, Told } from "../../../../components/backends/examiner.ts";
import { googleExaminer, open } from "../../../../components/backends/gcp/examiner.ts";
import { federatedPrincipal, gkePrincipal } from "../../../../components/backends/gcp/identity-rules.ts";
import type { GoogleJson } from "../../../../components/backends/gcp/questions.ts";
import type { GcpSecretManagerSpec } from "../../../../components/backends/gcp/secret-manager.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import { findingsOf, seenIn, unansweredIn } from "../examined.ts";
import { gke, googlePool, provider, store } from "../identity-rows/gcp.ts";
import { cluster } from "../identity-rows/row.ts";

const up = "pulumi up --refresh";
const value = "the-value-that-nobody-may-see";
const spec: GcpSecretManagerSpec = { ...store, identityProviders: { main: provider } };
const object: RemoteObject = { name: "acme-test--shop--db", layout: "bundle", keys: ["password", "user"] };
const reading: Reading = {
  scope: { platform: "acme", environment: "test", cluster: "main", namespace: "shop" },
  cluster,
  objects: [{ ...object, secret: "shop/db" }],
  by: "operator",
};
const accessor = "roles/secretmanager.secretAccessor";
const member = federatedPrincipal(provider, "shop");
const audience = `https://iam.googleapis.com/${provider}`;
const [pool = ""] = provider.split("/providers/");
const secretUrl = `projects/acme-secrets/secrets/${object.name}`;
const trusting = (change: GoogleJson = {}, oidc: GoogleJson = {}) => ({
  state: "ACTIVE",
  oidc: { issuerUri: cluster.issuer, allowedAudiences: [audience], ...oidc },
  attributeMapping: { "google.subject": "assertion.sub" },
  ...change,
});
const payload = (text: string) => ({ value: { payload: { data: Buffer.from(text).toString("base64") } } });
const update = `gcloud iam workload-identity-pools providers update-oidc ${provider} --issuer-uri=${cluster.issuer ?? ""} --allowed-audiences=${audience} --attribute-mapping=google.subject=assertion.sub`;

/** Answers by what a URL ends with, without its query. */
const sound: Readonly<Record<string, Told<GoogleJson>>> = {
  "projects/acme-secrets/secrets": { value: {} },
  [pool]: { value: { state: "ACTIVE" } },
  [provider]: { value: trusting() },
  [`${secretUrl}:getIamPolicy`]: { value: { bindings: [{ role: accessor, members: [member] }] } },
  [secretUrl]: { value: { labels: { "managed-by": "pulumi", project: "secrets", stack: "test" } } },
  [`${secretUrl}/versions/latest`]: {
    value: { name: `${secretUrl}/versions/3`, state: "ENABLED", createTime: "2026-02-01T00:00:00.123Z" },
  },
  [`${secretUrl}/versions/3:access`]: payload(JSON.stringify({ password: value, user: value })),
};

async function examined(
  change: Readonly<Record<string, Told<GoogleJson>>> = {},
  where: { readonly spec?: GcpSecretManagerSpec; readonly reading?: Reading } = {},
): Promise<readonly StoreExamination[]> {
  const answers = Object.entries({ ...sound, ...change });
  const asked = googleExaminer(where.spec ?? spec, (url) => {
    const found = answers.find(([ending]) => (url.split("?")[0] ?? "").endsWith(`/${ending}`));
    if (found === undefined) throw new Error(`the test has no answer for ${url}`);
    return Promise.resolve(found[1]);
  });
  const all = [
    await asked.store(),
    await asked.reader(where.reading ?? reading),
    await asked.object(object, ["password"]),
  ];
  assert.ok(!JSON.stringify(all).includes(value), "a value was told");
  return all;
}

describe("what Google Cloud is asked", () => {
  const secret = `secret "${object.name}" in project acme-secrets`;
  it("finds nothing where all is as this program makes it, and says what it saw", async () => {
    const all = await examined();
    assert.deepEqual([findingsOf(...all), unansweredIn(...all)], [[], []]);
    assert.deepEqual(seenIn(...all), [
      "store: Secret Manager of project acme-secrets answers",
      `identity: identity provider ${provider} lets shop/secrets-reader log in, with tokens of ${cluster.issuer ?? ""}`,
      `rights: policy of secret "${object.name}" lets ${member} read it`,
      `object: ${secret} has version 3, written at 2026-02-01T00:00:00Z`,
    ]);
  });

  const cases: Readonly<
    Record<string, { readonly change: Readonly<Record<string, Told<GoogleJson>>>; readonly told: readonly string[] }>
  > = {
    "an API that is off": {
      change: {
        "projects/acme-secrets/secrets": { refused: "Secret Manager API has not been used in project 1 before" },
      },
      told: [
        "store: Secret Manager of project acme-secrets is not enabled: its API is off → gcloud services enable secretmanager.googleapis.com --project=acme-secrets",
      ],
    },
    "a pool that was deleted": {
      change: { [pool]: { value: { state: "DELETED" } } },
      told: [
        `identity: identity pool ${pool} was deleted → have its owner restore it (docs/identity/google.md#federation)`,
      ],
    },
    "a provider that is disabled": {
      change: { [provider]: { value: trusting({ disabled: true }) } },
      told: [
        `identity: identity provider ${provider} is disabled → have its owner restore it (docs/identity/google.md#federation)`,
      ],
    },
    "another issuer": {
      change: { [provider]: { value: trusting({}, { issuerUri: `${cluster.issuer ?? ""}/` }) } },
      told: [
        `identity: identity provider ${provider} trusts issuer ${cluster.issuer ?? ""}/, not ${cluster.issuer ?? ""} → ${update}`,
      ],
    },
    "another audience and subject": {
      change: {
        [provider]: {
          value: trusting({ attributeMapping: {} }, { allowedAudiences: ["https://example.com/other"] }),
        },
      },
      told: [
        `identity: identity provider ${provider} accepts audience https://example.com/other, not ${audience}, and takes nothing for the subject, not assertion.sub → ${update}`,
      ],
    },
    "a binding that is gone": {
      change: { [`${secretUrl}:getIamPolicy`]: { value: {} } },
      told: [`rights: policy of secret "${object.name}" does not give ${accessor} to ${member} → ${up}`],
    },
    "a secret that is gone": {
      change: { [secretUrl]: { absent: true }, [`${secretUrl}:getIamPolicy`]: { absent: true } },
      told: [`object: ${secret} does not exist → ${up}`],
    },
    "a secret that was made anew under its name": {
      change: { [`${secretUrl}:getIamPolicy`]: { value: {} }, [secretUrl]: { value: { labels: { team: "shop" } } } },
      told: [
        `rights: policy of secret "${object.name}" does not give ${accessor} to ${member}: the secret was deleted and made anew, by its labels → to restore the value of the state as well: ${up}; to keep the value that is there: docs/operations.md#keep-a-value`,
      ],
    },
    "a secret without a version": {
      change: { [`${secretUrl}/versions/latest`]: { absent: true } },
      told: [`object: ${secret} has no version → ${up}`],
    },
    "a disabled version": {
      change: {
        [`${secretUrl}/versions/latest`]: { value: { name: `${secretUrl}/versions/3`, state: "DISABLED" } },
      },
      told: [
        `object: ${secret} is disabled in version 3: nobody can read it → gcloud secrets versions enable 3 --secret=${object.name} --project=acme-secrets`,
      ],
    },
    "a destroyed version": {
      change: {
        [`${secretUrl}/versions/latest`]: { value: { name: `${secretUrl}/versions/3`, state: "DESTROYED" } },
      },
      told: [`object: ${secret} was destroyed in version 3 → ${up}`],
    },
    "a key that is gone": {
      change: { [`${secretUrl}/versions/3:access`]: payload('{"user":"x"}') },
      told: [
        `object: ${secret} lacks key password in version 3: it was changed outside this program → gcloud secrets versions access <last version written by this program> --secret=${object.name} --project=acme-secrets | gcloud secrets versions add ${object.name} --project=acme-secrets --data-file=-`,
      ],
    },
  };
  for (const [title, { change, told }] of Object.entries(cases)) {
    it(`names ${title}`, async () => assert.deepEqual(findingsOf(...(await examined(change))), told));
  }

  it("says what it may not ask, and what only Google can evaluate", async () => {
    const refused = { refused: "Permission denied" };
    const all = await examined({
      [provider]: { value: trusting({ attributeCondition: "assertion.sub != ''" }) },
      [`${secretUrl}:getIamPolicy`]: refused,
      [`${secretUrl}/versions/3:access`]: refused,
    });
    assert.deepEqual(findingsOf(...all), []);
    assert.deepEqual(unansweredIn(...all), [
      `identity: condition of identity provider ${provider}: only Google can say whether it lets the account in: assertion.sub != ''`,
      `rights: policy of secret "${object.name}": Permission denied`,
      `object: keys of ${secret}: Permission denied`,
    ]);
  });

  it("looks at the linked account of a GKE cluster, and says that GKE is not asked", async () => {
    const linked = { ...store, linkedAccounts: true };
    const principal = gkePrincipal(linked, googlePool, "shop");
    const on = { spec: linked, reading: { ...reading, cluster: gke } };
    const email = /sr-shop-[\w-]+@acme-secrets\.iam\.gserviceaccount\.com/;
    const accounts = "projects/acme-secrets/serviceAccounts/";
    const asked: string[] = [];
    const examiner = googleExaminer(linked, (url) => {
      asked.push(url);
      if (url.endsWith(`${secretUrl}:getIamPolicy`)) return Promise.resolve({ value: {} });
      if (url.endsWith(secretUrl)) return Promise.resolve(sound[secretUrl] ?? { absent: true });
      if (!url.includes(accounts)) throw new Error(`the test has no answer for ${url}`);
      const members = [principal];
      return Promise.resolve({
        value: url.endsWith(":getIamPolicy")
          ? { bindings: [{ role: "roles/iam.workloadIdentityUser", members }] }
          : { email: "x" },
      });
    });
    const found = await examiner.reader(on.reading);
    const [account = ""] = email.exec(asked.join("\n")) ?? [];
    assert.deepEqual(seenIn(found), [`identity: service account ${account} lets shop/secrets-reader act as it`]);
    assert.deepEqual(findingsOf(found), [
      `rights: policy of secret "${object.name}" does not give ${accessor} to serviceAccount:${account} → ${up}`,
    ]);
    assert.match(
      unansweredIn(found)[0] ?? "",
      /^identity: workload identity of cluster main: GKE is not asked: gcloud/,
    );
  });

  it("is not asked with credentials that are neither JSON nor a file", async () => {
    const opened = await open(spec, (name) => ({ GOOGLE_CREDENTIALS: "{ not json" })[name]);
    assert.deepEqual(opened, { reason: "GOOGLE_CREDENTIALS is neither JSON nor the path of a file with JSON" });
  });
});
