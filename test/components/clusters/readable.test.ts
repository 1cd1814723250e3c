import assert from "node:assert/strict";
import { findObstacles } from "../../../components/clusters/readable.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";

const urlOf = (name: string) => `/api/v1/namespaces/shop/secrets/${name}`;
const read = { namespace: "shop", secretName: "db", isRead: true };
const written = { namespace: "shop", secretName: "token", isRead: false };

describe("whether a run reaches Secrets", () => {
  let fake: FakeCluster;
  beforeEach(async () => {
    fake = await startCluster({});
  });
  afterEach(() => fake.close());

  const find = (...secrets: Parameters<typeof findObstacles>[1]) =>
    findObstacles({ name: "main", kubeconfig: fake.kubeconfig }, secrets);
  const forbid = (name: string) =>
    fake.answers.set(urlOf(name), {
      ...{ apiVersion: "v1", kind: "Status", status: "Failure", code: 403 },
      message: `secrets "${name}" is forbidden: User "ci" cannot get resource "secrets" in API group "" in the namespace "shop"`,
    });

  it("finds nothing where they can be read, or are not there yet", async () => {
    fake.answers.set(urlOf("db"), { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: {} });
    fake.missing.add(urlOf("token"));
    assert.deepEqual(await find(read, written), []);
    const metadataOfOne = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    assert.deepEqual([...new Set(fake.accepted)], [metadataOfOne]);
  });

  it("names the right that is missing for one that the run reads, and asks for none otherwise", async () => {
    forbid("db");
    forbid("token");
    assert.deepEqual(await find(read, written), [
      {
        secret: read,
        isRefused: true,
        problem: "user ci may not get secrets in namespace shop",
        fix: "give it that right, which this command then answers with yes: kubectl auth can-i get secrets -n shop --as ci",
      },
    ]);
  });

  it("says once of a cluster that it does not answer", async () => {
    fake.drop();
    const [obstacle, ...others] = await find(read, { ...read, secretName: "other" });
    assert.deepEqual(others, []);
    assert.deepEqual([obstacle?.secret, obstacle?.isRefused], [{ ...read, secretName: "other" }, false]);
    assert.match(obstacle?.fix ?? "", /^let whoever runs this reach the cluster/);
  });
});
