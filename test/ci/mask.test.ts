import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { maskValues } from "../../ci/mask.ts";

describe("masking of diagnostics", () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    "a generated password": ["value k3Jd92mXq1vB is wrong", "value [masked] is wrong"],
    "a hex token": ["got 0123456789abcdef0123456789abcdef", "got [masked]"],
    "a JSON Web Token": ["with eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "with [masked]"],
    "an AWS key pair": ["AKIAIOSFODNN7EXAMPLE/wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "[masked]"],
    "an account number": ["arn:aws:iam::123456789012:role/preview", "arn:aws:iam::[masked]:role/preview"],
    "the user of a URL": ["dial postgres://ml:hunter2@db:5432/x", "dial postgres://[masked]@db:5432/x"],
    "the query of a URL": ["GET https://b.example/o?sig=hunter2&a=1 failed", "GET https://b.example/o?[masked] failed"],
    "a bearer token": ["Authorization: Bearer hunter2", "Authorization: Bearer [masked]"],
    "a password in JSON": ['{"password": "hun ter2", "a": 1}', '{"password": [masked], "a": 1}'],
    "a password in JSON in JSON": [String.raw`{"dataJson":"{\"a\":\"hunter2\"}"}`, '{"dataJson":[masked]}'],
    "a password in JSON that is cut off": ['{"secretString": "hunter2', '{"secretString": [masked]'],
    "an assignment": ["DB_PASSWORD=hunter2 token: abc", "DB_PASSWORD=[masked] token: [masked]"],
    "a private key": ["-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----", "[masked]"],
    "a UUID": ["id fc1fbb90-ea57-488b-8ccd-9e0be8769f25", "id [masked]"],
  };
  for (const [what, [text, expected]] of Object.entries(cases)) {
    it(`masks ${what}`, () => {
      assert.equal(maskValues(text), expected);
      assert.equal(maskValues(expected), expected, "masking twice changes nothing");
    });
  }

  it("masks whatever the generator draws, wherever it stands", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const value = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 24, maxLength: 48 });
    const around = fc.constantFrom("%s", "is '%s'.", "path/%s", '"%s"', "a=%s;", "(%s)", "x:%s", "%s==");
    fc.assert(
      fc.property(
        value,
        around,
        (secret, text) => !maskValues(text.replace("%s", secret)).includes(secret.slice(0, 12)),
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  const kept = [
    'Environment "sandbox" was refused: 11 problems. Nothing was changed.',
    '  mlflow/db-password: store vault already contains "mlops-platform-sandbox/mlflow/db-password", which is not in the state',
    "    fix: pulumi config set --path 'clusters.local.externalSecrets.concurrency' 8",
    'created: must be a date, such as 2026-11-22, received "2026-02-30"',
    "kubernetes:external-secrets.io/v1beta1:ExternalSecret is no longer served",
    "AADSTS700211: No matching federated identity record found",
    "GET http://127.0.0.1:18200/v1/secret/metadata/mlops-platform-sandbox: Code: 403",
    "The rule of deparrow/app DEPARROW_SECRET_KEY changed in the catalogue",
    "drift: store vault no longer holds mlops-platform-sandbox/model-registry/db; rotated 2026-11-22T00:00:00Z",
  ];
  for (const text of kept) {
    it(`keeps "${text.trim().slice(0, 50)}…" as it is`, () => {
      assert.equal(maskValues(text), text);
    });
  }

  for (const letter of ["a", "A", "1", "/", '\\"', "Aa1"]) {
    it(`goes a fixed number of times over a long text of nothing but ${letter}`, () => {
      // Where each letter meant another look at all the others, a million of them would keep any machine busy for much
      // longer than the limit, which is no measure: it ends what would otherwise block the tests.
      const mask = () => maskValues(`password: "${letter.repeat(1_000_000)}`);
      assert.ok(runInNewContext("mask()", { mask }, { timeout: 20_000 }));
    });
  }
});
