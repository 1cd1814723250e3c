import assert from "node:assert/strict";
import { byName, named } from "../../../operations/migrate/selection.ts";
import { canary, leftOf, problems, read, shown } from "./reading.ts";

const values = `
image: { tag: "1.2" }
adminTokenSecretValue: in-use
env:
  adminTokenSecretName: ml-model-admin-token
  adminTokenSecretKey: token
  mlflow:
    trackingPassword: hunter2
    trackingPasswordSecretName: ""
auth:
  existingSecret: minio
  secretKey: rootPassword
  accessKey: AK
extraEnv:
  - { name: OPENAI_API_KEY, value: sk-1 }
  - { name: LOG_LEVEL, value: debug }
tokenTtl: 60
rotateTokens: true
pinToken: 1234
db: { password: changeme }
`;

describe("Helm values", () => {
  it("give what their names show to be secrets, and list what they leave", async () => {
    const found = await read({ "values.yaml": values });
    assert.deepEqual(problems(found), []);
    assert.deepEqual(shown(found), [
      "? adminTokenSecretValue = in-use",
      "? env.mlflow.trackingPassword = hunter2",
      "? auth.accessKey = AK",
      "? OPENAI_API_KEY = sk-1",
      "? db.password = -",
    ]);
    assert.deepEqual(leftOf(found), [
      "values.yaml, line 5, column 25: env.adminTokenSecretName: names a Secret or a key of one, and holds no value",
      "values.yaml, line 6, column 24: env.adminTokenSecretKey: names a Secret or a key of one, and holds no value",
      "values.yaml, line 9, column 33: env.mlflow.trackingPasswordSecretName: names a Secret or a key of one, and holds no value",
      "values.yaml, line 11, column 19: auth.existingSecret: names a Secret or a key of one, and holds no value",
      "values.yaml, line 12, column 14: auth.secretKey: names a Secret or a key of one, and holds no value",
      "values.yaml, line 17, column 11: tokenTtl: its name is not that of a secret; to migrate it: --take tokenTtl",
      "values.yaml, line 18, column 15: rotateTokens: its name is not that of a secret; to migrate it: --take rotateTokens",
      "values.yaml, line 19, column 11: pinToken: holds a number, and secrets are texts; put it in quotation marks if the chart takes it as it is written",
    ]);
  });

  it("become the keys that somebody names", async () => {
    const only = named(["adminTokenSecretValue=ADMIN_API_TOKEN", "image.tag"]);
    const found = await read({ "values.yaml": values }, { selection: { ...byName, only } });
    assert.deepEqual(shown(found), ["? image.tag = 1.2", "? ADMIN_API_TOKEN = in-use"]);
  });

  it("are refused where two settings become one key", async () => {
    const take = named(["a.password=P", "b.password=P"]);
    const found = await read(
      { "values.yaml": "a: {password: x}\nb: {password: y2}\n" },
      { selection: { ...byName, take } },
    );
    assert.deepEqual(problems(found), ["values.yaml, line 2, column 15: is a second setting that becomes key P"]);
  });

  it("that are no YAML are refused with line and column, and without a value", async () => {
    const found = await read({ "values.yaml": `a: 1\npassword: ${canary}: x\n\tb: 2\n`, "list.yaml": `- ${canary}\n` });
    assert.deepEqual(problems(found), [
      "values.yaml, line 2, column 11: has a second colon with a space behind it; put the value in quotation marks",
      "values.yaml, line 3, column 1: is indented by a tab; indent by spaces",
      "list.yaml, line 1, column 1: is no map of Helm values",
    ]);
  });

  it("of a chart's template are told to be rendered first", async () => {
    const { issues } = await read({ "secret.yaml": "password: {{ .Values.password }}\n{{- if .Values.on }}\n" });
    assert.ok(issues.length > 0);
    assert.ok(
      issues.every(
        ({ fix }) => fix === "render the chart's templates first (helm template), and migrate what that prints",
      ),
    );
  });
});
