import assert from "node:assert/strict";
import { isSound } from "../../../operations/doctor/report.ts";
import { chainOf, diagnose, told } from "./scene.ts";

describe("the doctor, where all is well", () => {
  it("finds nothing, and says what it saw at each link", async () => {
    const report = await diagnose();
    assert.deepEqual(told(report), []);
    assert.deepEqual(report.unchecked, []);
    assert.ok(isSound(report));
    const [secret] = report.secrets;
    assert.equal(secret?.verdict, "sound");
    assert.deepEqual(
      secret.chain.flatMap(({ link, state, seen }) => seen.map((each) => `${link} ${state}: ${each}`)),
      [
        "engine sound: stack test has 4 resources; its last update, of 2026-02-28T00:00:00.000Z, succeeded",
        "cluster sound: cluster main answers: Kubernetes v1.37.0",
        "operator sound: external-secrets.io/v1 is served",
        "operator sound: Deployment external-secrets/external-secrets is available: v2.9.0",
        "operator sound: Deployment external-secrets/external-secrets-webhook is available: v2.9.0",
        "operator sound: Deployment external-secrets/external-secrets-cert-controller is available: v2.9.0",
        "operator sound: the webhook (Service external-secrets/external-secrets-webhook) has Pods that are ready",
        "namespace sound: Namespace shop exists",
        "store sound: SecretStore shop/secrets-reader is Ready",
        "identity sound: ServiceAccount shop/secrets-reader exists",
        "identity sound: Role shop/secrets-reader-token-request exists",
        "identity sound: RoleBinding shop/secrets-reader-token-request exists",
        "rights sound: the operator read it 20 minutes ago",
        "object sound: the operator read it 20 minutes ago",
        "delivery sound: ExternalSecret shop/shop-db is synced: the operator read the store 20 minutes ago",
        "secret sound: Secret shop/shop-db (Opaque) has keys password, username, last written 1 hour ago",
        "consumers sound: Secret shop/shop-db is used by deployment/api",
        "dates sound: shop/db is due for rotation by 2026-05-01",
      ],
    );
  });

  it("says of what it may not read that it was not checked, and finds nothing for that", async () => {
    const report = await diagnose(({ refused }) => {
      for (const kind of ["ValidatingWebhookConfiguration", "Pod", "Role"] as const) refused.add(kind);
    });
    assert.deepEqual(told(report), []);
    assert.equal(report.secrets[0]?.verdict, "sound");
    assert.deepEqual(
      report.unchecked.map(({ link, subject, reason, kind }) => `${link}: ${subject}: ${reason} (${kind})`),
      [
        "operator: the Pods of namespace external-secrets: Pod is forbidden (unanswered)",
        "operator: the cluster's admission webhooks: ValidatingWebhookConfiguration is forbidden (unanswered)",
        "identity: Role shop/secrets-reader-token-request: Role is forbidden (unanswered)",
        "consumers: the Pods of namespace shop: Pod is forbidden (unanswered)",
      ],
    );
  });

  it("knows nothing of a Secret whose cluster does not answer, and asks no further", async () => {
    const report = await diagnose(({ refused }) => refused.add("version"));
    assert.equal(report.secrets[0]?.verdict, "unknown");
    assert.equal(isSound(report), false);
    assert.deepEqual(chainOf(report), ["cluster unchecked"]);
    assert.deepEqual(report.unchecked, [
      {
        link: "cluster",
        subject: "cluster main",
        reason: "version is forbidden; check its kubeconfig and context: kubectl config get-contexts",
        kind: "unanswered",
        affects: ["main/shop/shop-db"],
      },
    ]);
  });
});
