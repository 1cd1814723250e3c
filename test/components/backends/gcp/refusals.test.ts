import assert from "node:assert/strict";
import { adviceOn } from "../../../../components/backends/gcp/refusals.ts";
import type { GcpSecretManagerSpec } from "../../../../components/backends/gcp/secret-manager.ts";
import { gcpSecretManager } from "../rows/gcp-secret-manager.ts";

const spec = gcpSecretManager.spec as GcpSecretManagerSpec;

/** What Google says, as its provider shows it, and how the advice begins. */
const told: readonly (readonly [error: string, advice: RegExp])[] = [
  [
    "Error creating WorkloadIdentityPool: googleapi: Error 409: Requested entity already exists",
    /^the pool exists, or was deleted within the last 30 days: choose another id \(stores\.main\.identityPools/,
  ],
  [
    "Error creating Secret: googleapi: Error 409: Secret [projects/123456789012/secrets/acme-dev--shop--db] already exists.",
    /^Google cannot move a secret\. Restore stores\.main\.locations/,
  ],
  [
    "Error creating Secret: googleapi: Error 400: Secret.rotation.next_rotation_time must be at least 300s in the future",
    /^the secret is overdue/,
  ],
  [
    "Error creating SecretVersion: googleapi: Error 403: Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource",
    /^allow Secret Manager to use the key: .* project acme-secrets/,
  ],
  [
    "Error creating Secret: googleapi: Error 400: Service account does not have pubsub.topics.publish on topic",
    /^allow Secret Manager to publish/,
  ],
  [
    "Error creating Secret: googleapi: Error 403: Permission 'secretmanager.secrets.create' denied for resource",
    /^grant the deployer the permission that Google names/,
  ],
];

describe("what Google refuses of a change", () => {
  for (const [error, advice] of told)
    it(`has an advice: ${error}`, () => assert.match(adviceOn(spec, error) ?? "", advice));

  it("has none where nothing is known", () => {
    assert.equal(adviceOn(spec, "Error creating Secret: googleapi: Error 500: Internal error"), undefined);
    const provider =
      "Error creating WorkloadIdentityPoolProvider: googleapi: Error 409: Requested entity already exists";
    assert.equal(adviceOn(spec, provider), undefined);
  });
});
