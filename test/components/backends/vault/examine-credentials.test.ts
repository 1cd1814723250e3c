import assert from "node:assert/strict";
import type { StoreExamination } from "../../../../components/backends/examiner.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import { vaultExaminer } from "../../../../components/backends/vault/examiner.ts";
import type { VaultAnswer } from "../../../../components/backends/vault/http.ts";
import { vaultCredentialsPolicy } from "../../../../components/backends/vault/policy.ts";
import { vaultSpec as spec } from "../../../support/vault-spec.ts";
import { cluster } from "../identity-rows/row.ts";

const object: RemoteObject = {
  name: "database/creds/shop",
  layout: "bundle",
  keys: ["password", "username"],
  issued: {
    kind: "dynamic",
    mount: "database",
    role: "shop",
    fields: { password: "password", username: "username" },
    generator: "VaultDynamicSecret",
  },
};
const scope = { platform: "acme", environment: "dev", cluster: "main", namespace: "shop" };
const name = "acme.dev.main.shop.database";
const role = `auth/kubernetes/role/${name}`;
const policy = `sys/policies/acl/${name}`;

const ok = (data: Readonly<Record<string, unknown>>): VaultAnswer => ({ status: 200, data, errors: [] });
const sound: Readonly<Record<string, VaultAnswer>> = {
  [role]: ok({
    bound_service_account_names: ["secrets-reader"],
    bound_service_account_namespaces: ["shop"],
    audience: spec.auth.audience,
    token_policies: [name],
  }),
  [policy]: ok({
    policy: vaultCredentialsPolicy([
      { kind: "vault-database", mount: "database", path: "creds/shop", tokenSeconds: 3660 },
    ]),
  }),
  "database/roles/shop": ok({ default_ttl: 3600, max_ttl: 0 }),
};

async function examined(changes: Readonly<Record<string, VaultAnswer>> = {}): Promise<readonly StoreExamination[]> {
  const answers = { ...sound, ...changes };
  const examiner = vaultExaminer(spec, (path) => {
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (answer === undefined) throw new Error(`the test has no answer for ${path}`);
    return Promise.resolve(answer);
  });
  const reading = { scope, cluster, objects: [object], by: "operator" } as const;
  return [await examiner.reader(reading), await examiner.object(object, ["password"])];
}

const told = (each: readonly StoreExamination[]) =>
  each.flatMap(({ findings = [] }) =>
    findings.map(({ link, subject, problem, fix = "" }) => `${link}: ${subject} ${problem} → ${fix}`),
  );

describe("what Vault says of credentials that its database engine issues", () => {
  it("is the role, how long its credentials are valid, and who may have some; none are made by asking", async () => {
    const all = await examined();
    assert.deepEqual(told(all), []);
    assert.deepEqual(
      all.flatMap(({ seen = [] }) => seen.map(({ text }) => text)),
      [
        `Vault role ${role} lets shop/secrets-reader log in, with audience vault`,
        `Vault policy ${name} lets its role read database/creds/shop`,
        'role "shop" of the database secrets engine at database/ issues credentials that are valid for 3600 s',
      ],
    );
  });

  for (const [what, changes, finding] of [
    [
      "an engine that is not mounted",
      { "database/roles/shop": { status: 404, data: {}, errors: ['no handler for route "database/roles/shop"'] } },
      `object: database secrets engine at database/ in Vault at ${spec.address} is not mounted → vault secrets enable -path=database database`,
    ],
    [
      "a role that is not there",
      { "database/roles/shop": { status: 404, data: {}, errors: [] } },
      'object: role "shop" of the database secrets engine at database/ does not exist → docs/stores/vault-kv.md#database-credentials',
    ],
    [
      "a role that does not say how long",
      { "database/roles/shop": ok({ default_ttl: 0 }) },
      'object: role "shop" of the database secrets engine at database/ has no default_ttl → vault patch database/roles/shop default_ttl=1h',
    ],
  ] as const) {
    it(`names ${what}`, async () => {
      assert.deepEqual(told(await examined(changes)), [finding]);
    });
  }

  it("names a policy that reads another role", async () => {
    const other = ok({ policy: 'path "database/creds/admin" {\n  capabilities = ["read"]\n}\n' });
    const [finding] = told(await examined({ [policy]: other }));
    assert.match(
      finding ?? "",
      /^rights: Vault policy acme\.dev\.main\.shop\.database has no rule of this program for database\/creds\/shop → /,
    );
  });
});
