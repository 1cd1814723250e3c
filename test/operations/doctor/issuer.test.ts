import assert from "node:assert/strict";
import { environment, facts } from "../../support/fixtures.ts";
import { diagnose, told } from "./scene.ts";

const aws = { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "111122223333" };
const onAws = (issuer: string) =>
  environment({
    facts: {
      ...facts,
      stores: { aws },
      clusters: { main: { ...facts.clusters.main, issuer } },
      namespaces: { shop: { cluster: "main", store: "aws" } },
    },
  });

describe("the doctor, asked about the issuer of a cluster's tokens", () => {
  const refusing = "https://issuer.example/";

  it("compares it with the cluster's own word, character by character", async () => {
    const report = await diagnose(() => undefined, { spec: onAws(refusing) });
    assert.deepEqual(told(report), [
      `identity first: clusters.main.issuer is "https://issuer.example/", but the cluster's tokens say "https://issuer.example": store aws compares them character by character\nfix: pulumi config set --stack test --path 'clusters.main.issuer' https://issuer.example && pulumi up --stack test`,
    ]);
    const sound = await diagnose(() => undefined, { spec: onAws("https://issuer.example") });
    assert.deepEqual(told(sound), []);
    const identity = sound.secrets[0]?.chain.find(({ link }) => link === "identity");
    assert.ok(identity?.seen.includes("the tokens of cluster main are issued by https://issuer.example"));
  });

  it("says that the cluster does not tell", async () => {
    const report = await diagnose((world) => world.refused.add("issuer"), { spec: onAws(refusing) });
    assert.deepEqual(
      report.unchecked.map(({ link, subject, reason }) => `${link}: ${subject}: ${reason}`),
      ["identity: issuer of cluster main: issuer is forbidden"],
    );
  });

  it("is not asked where the store does not know the cluster by it", async () => {
    const spec = environment({ facts: { ...facts, clusters: { main: { ...facts.clusters.main, issuer: refusing } } } });
    assert.deepEqual(told(await diagnose((world) => world.refused.add("issuer"), { spec })), []);
  });
});
