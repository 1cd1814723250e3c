import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { assembleChart, crdTemplates } from "../../build/chart.ts";

function crd(kind: string, extra = ""): string {
  return [
    "apiVersion: apiextensions.k8s.io/v1",
    "kind: CustomResourceDefinition",
    "metadata:",
    "  annotations:",
    "    controller-gen.kubebuilder.io/version: v0.19.0",
    "  name: things.external-secrets.io",
    "spec:",
    "  names:",
    `    kind: ${kind}`,
    `    singular: ${kind.toLowerCase()}`,
    `${extra}`,
  ].join("\n");
}

describe("chart assembly", () => {
  it("puts a CRD behind installCRDs and gives it the annotations", () => {
    assert.deepEqual(crdTemplates(crd("ExternalSecret")), [
      {
        name: "externalsecret",
        template: [
          "{{- if .Values.installCRDs }}",
          "apiVersion: apiextensions.k8s.io/v1",
          "kind: CustomResourceDefinition",
          "metadata:",
          "  annotations:",
          "    {{- with .Values.crds.annotations }}",
          "    {{- toYaml . | nindent 4 }}",
          "    {{- end }}",
          "    controller-gen.kubebuilder.io/version: v0.19.0",
          "  name: things.external-secrets.io",
          "spec:",
          "  names:",
          "    kind: ExternalSecret",
          "    singular: externalsecret",
          "{{- end }}",
          "",
        ].join("\n"),
      },
    ]);
  });

  it("gives the cluster-wide kinds and PushSecret their own switch, as upstream does", () => {
    const bundle = ["ClusterSecretStore", "PushSecret", "Password"].map((kind) => crd(kind)).join("\n---\n");
    const firstLines = crdTemplates(bundle).map(({ template }) => template.split("\n")[0]);
    assert.deepEqual(firstLines, [
      "{{- if and (.Values.installCRDs) (.Values.crds.createClusterSecretStore) }}",
      "{{- if and (.Values.installCRDs) (.Values.crds.createPushSecret) }}",
      "{{- if .Values.installCRDs }}",
    ]);
  });

  it("refuses a CRD that a template would garble", () => {
    assert.throws(
      () => crdTemplates(crd("Thing", "  description: '{{ .x }}'")),
      /The CRD Thing cannot be made a chart/,
    );
    assert.throws(() => crdTemplates(crd("Thing", "  conversion: {}")), /The CRD Thing cannot be made a chart/);
  });

  it("cuts the dependency and the lock, and keeps the version", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "chart-"));
    try {
      const chart = path.join(folder, "source");
      await mkdir(path.join(chart, "templates", "crds"), { recursive: true });
      await mkdir(path.join(chart, "tests"));
      const metadata = 'apiVersion: v2\nname: x\nversion: "0.20.3"\n';
      await writeFile(path.join(chart, "Chart.yaml"), `${metadata}dependencies:\n  - name: other\n    version: v1\n`);
      await writeFile(path.join(chart, "Chart.lock"), "digest: x\n");
      await writeFile(path.join(folder, "bundle.yaml"), crd("Password"));
      const target = path.join(folder, "target");
      await assembleChart({ chart, crds: path.join(folder, "bundle.yaml"), target });
      assert.equal(await readFile(path.join(target, "Chart.yaml"), "utf8"), metadata);
      assert.deepEqual((await readdir(target)).sort(), ["Chart.yaml", "templates"]);
      assert.deepEqual(await readdir(path.join(target, "templates", "crds")), ["password.yaml"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
