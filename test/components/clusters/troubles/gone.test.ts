import assert from "node:assert/strict";
import { goneIn } from "../../../../components/clusters/troubles/gone.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";

const updating = 'update of resource "urn:pulumi:dev::p::t::main/shop/db" failed: ';
const db = { kind: "ExternalSecret", metadata: { namespace: "shop", name: "db" } };
const policy = { kind: "ValidatingAdmissionPolicy", metadata: { name: "external-secrets-stores" } };

describe("an object that the state has, and the cluster no more", () => {
  const textOf = (...args: Parameters<typeof goneIn>) => {
    const explained = goneIn(...args);
    return explained === undefined ? undefined : explanationText(explained);
  };

  it("is named, with what makes it again", () => {
    const said = "ExternalSecret shop/db does not exist\n  fix: pulumi up --refresh";
    assert.equal(textOf('externalsecrets.external-secrets.io "db" not found', db), said);
    assert.equal(textOf(`${updating}externalsecrets.external-secrets.io "db" not found\n`, db), said);
    const account = { kind: "ServiceAccount", metadata: { namespace: "shop", name: "reader" } };
    assert.equal(
      textOf('serviceaccounts "reader" not found', account),
      "ServiceAccount shop/reader does not exist\n  fix: pulumi up --refresh",
    );
    assert.equal(
      textOf('validatingadmissionpolicies.admissionregistration.k8s.io "external-secrets-stores" not found', policy),
      "ValidatingAdmissionPolicy external-secrets-stores does not exist\n  fix: pulumi up --refresh",
    );
  });

  it("is not what else is not found", () => {
    for (const error of [
      'secretstores.external-secrets.io "db" not found',
      'externalsecrets.external-secrets.io "other" not found',
      `${updating}Ready: SecretSyncedError: error processing spec.data[0]: externalsecrets "db" not found, key password`,
      'namespaces "shop" not found',
      "etcdserver: request timed out",
    ]) {
      assert.equal(goneIn(error, db), undefined, error);
    }
    assert.equal(goneIn('externalsecrets "db" not found', {}), undefined);
  });
});
