import assert from "node:assert/strict";
import { readSecretData } from "../../../components/clusters/secret-data.ts";
import { ExpectedError } from "../../../components/support/messages/errors.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";

const url = "/api/v1/namespaces/shop/secrets/shop-db";
const unknown = "Secret shop/shop-db of cluster main can't be read, so that nothing is known of what was delivered: ";

describe("reading what was delivered", () => {
  let fake: FakeCluster;
  beforeEach(async () => {
    fake = await startCluster({});
  });
  afterEach(() => fake.close());

  const read = () =>
    readSecretData({
      cluster: { name: "main", kubeconfig: fake.kubeconfig },
      namespace: "shop",
      secretName: "shop-db",
    });
  const refusal = async () => {
    const error = await read().then(
      () => assert.fail("it was expected to fail"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ExpectedError, String(error));
    return error.message;
  };

  it("returns the bytes by key, and nothing where there is no such Secret", async () => {
    fake.missing.add(url);
    assert.equal(await read(), undefined);
    fake.answers.set(url, { apiVersion: "v1", kind: "Secret", data: { a: "Yg==" } });
    assert.deepEqual(await read(), { a: "Yg==" });
    fake.answers.set(url, { apiVersion: "v1", kind: "Secret" });
    assert.deepEqual(await read(), {});
  });

  it("says in the doctor's sentence which right the deployer lacks, and what shows that it has it", async () => {
    const message =
      'secrets "shop-db" is forbidden: User "ci" cannot get resource "secrets" in API group "" in the namespace "shop"';
    fake.answers.set(url, { apiVersion: "v1", kind: "Status", status: "Failure", code: 403, message });
    assert.equal(
      await refusal(),
      `${unknown}user ci may not get secrets in namespace shop.\n` +
        "    fix: give it that right, which this command then answers with yes: kubectl auth can-i get secrets -n shop --as ci; " +
        "then run pulumi up again, which verifies the same value again",
    );
  });

  it("repeats the cluster's words where they tell of no right", async () => {
    fake.drop();
    const said = await refusal();
    assert.ok(said.startsWith(unknown), said);
    assert.match(
      said,
      /\n {4}fix: check the kubeconfig and its context, and that you may: kubectl auth can-i get secret\/shop-db -n shop; then run pulumi up again/,
    );
  });
});
