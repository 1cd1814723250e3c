import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Answer } from "../../../fakes/aws/answers.ts";
import type { Input } from "../../../fakes/aws/call.ts";
import { PodIdentity } from "../../../fakes/aws/pod-identity.ts";
import type { Statement } from "../../../fakes/aws/policy.ts";
import { Sessions } from "../../../fakes/aws/sessions.ts";
import type { ServiceAccountVerifier } from "../../../fakes/support/tokens.ts";
import { aCall, anIam, aRole, refusal } from "./scene.ts";

const trust: Statement = {
  Effect: "Allow",
  Action: ["sts:AssumeRole", "sts:TagSession"],
  Principal: { Service: "pods.eks.amazonaws.com" },
};
const verify: ServiceAccountVerifier = (token, audience) => {
  assert.equal(audience, "pods.eks.amazonaws.com");
  const [namespace = "", serviceAccount = ""] = token.split("/");
  return Promise.resolve({
    ...{ issuer: "i", subject: token, audiences: [], expiresAt: 0 },
    namespace,
    serviceAccount,
  });
};

describe("EKS Pod Identity in the fake AWS", () => {
  let folder = "";
  let sessions: Sessions;
  const open = (statements: readonly Statement[] = [trust]) =>
    PodIdentity.open({
      folder,
      issuer: "https://issuer",
      iam: anIam([aRole("controller", statements)]),
      sessions,
      verify,
    });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "pods-"));
    sessions = await Sessions.open(folder);
  });
  afterEach(async () => {
    await sessions.saved();
    await rm(folder, { recursive: true, force: true });
  });

  const eks = (action: string, input: Input = {}) => {
    const [method = "", url = ""] = action.split(" ");
    return aCall("eks", `${method} ${url.split("?")[0]}`, input, { method, path: url });
  };
  const read = (answer: Answer) => JSON.parse(answer.body.toString()) as Record<string, Record<string, unknown>>;
  const association = {
    ...{ namespace: "external-secrets", serviceAccount: "external-secrets" },
    ...{ roleArn: "arn:aws:iam::123456789012:role/controller", tags: { a: "1" } },
  };
  const all = "/clusters/sandbox/pod-identity-associations";

  it("keeps an association across a restart: made, found, changed, tagged, removed", async () => {
    const made = read(await (await open()).answer(eks(`POST ${all}`, association)));
    const id = String(made["association"]?.["associationId"]);
    const again = await open();
    assert.deepEqual(read(await again.answer(eks(`GET ${all}/${id}`))), made);
    const found = read(await again.answer(eks(`GET ${all}?namespace=external-secrets&serviceAccount=other`)));
    assert.deepEqual(found["associations"], []);
    const changed = read(await again.answer(eks(`POST ${all}/${id}`, { roleArn: "arn:aws:iam::1:role/b" })));
    assert.equal(changed["association"]?.["roleArn"], "arn:aws:iam::1:role/b");
    const arn = encodeURIComponent(String(made["association"]?.["associationArn"]));
    await again.answer(eks(`POST /tags/${arn}`, { tags: { b: "2" } }));
    await again.answer(eks(`DELETE /tags/${arn}?tagKeys=a`));
    assert.deepEqual(read(await again.answer(eks(`GET ${all}/${id}`)))["association"]?.["tags"], { b: "2" });
    await again.answer(eks(`DELETE ${all}/${id}`));
    assert.deepEqual((await refusal(again.answer(eks(`GET ${all}/${id}`)))).slice(0, 2), [
      "ResourceNotFoundException",
      404,
    ]);
  });

  it("refuses a second association of a service account, and clusters that there are not", async () => {
    const pods = await open();
    const made = read(await pods.answer(eks(`POST ${all}`, association)));
    const id = String(made["association"]?.["associationId"]);
    const second = await refusal(pods.answer(eks(`POST ${all}`, association)));
    assert.deepEqual(second, ["ResourceInUseException", 409, `Association already exists: ${id}`]);
    const none = await refusal(pods.answer(eks("GET /clusters/prod/pod-identity-associations")));
    assert.deepEqual(none, ["ResourceNotFoundException", 404, "No cluster found for name: prod."]);
    assert.equal((await refusal(pods.answer(eks("GET /clusters"))))[0], "UnknownOperationException");
  });

  it("tells the cluster's issuer", async () => {
    const { cluster } = read(await (await open()).answer(eks("GET /clusters/sandbox")));
    assert.deepEqual(cluster?.["identity"], { oidc: { issuer: "https://issuer" } });
  });

  it("gives a pod the role of its service account, with tags that go on to the next role", async () => {
    const pods = await open();
    await pods.answer(eks(`POST ${all}`, association));
    const { caller } = await pods.assumeRole("external-secrets/external-secrets");
    assert.match(
      caller.arn,
      /^arn:aws:sts::123456789012:assumed-role\/controller\/eks-sandbox-external-secrets-[0-9a-f]{8}$/,
    );
    assert.deepEqual(caller.tags, {
      "eks-cluster-arn": "arn:aws:eks:eu-central-1:123456789012:cluster/sandbox",
      "eks-cluster-name": "sandbox",
      "kubernetes-namespace": "external-secrets",
      "kubernetes-service-account": "external-secrets",
    });
    assert.deepEqual(caller.transitive, Object.keys(caller.tags));
  });

  it("gives nothing to a service account without an association, or with a role that does not trust for both actions", async () => {
    const pods = await open([{ ...trust, Action: "sts:AssumeRole" }]);
    assert.equal((await refusal(pods.assumeRole("external-secrets/external-secrets")))[0], "ResourceNotFoundException");
    await pods.answer(eks(`POST ${all}`, association));
    assert.equal((await refusal(pods.assumeRole("external-secrets/external-secrets")))[0], "AccessDeniedException");
    assert.equal((await refusal(pods.assumeRole("shop/external-secrets")))[0], "ResourceNotFoundException");
  });
});
