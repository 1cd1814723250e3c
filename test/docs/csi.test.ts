import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { usualCharts } from "../../components/secrets-store-csi/charts.ts";
import { catalogue } from "../../stacks/environments/catalogue.ts";
import { facts } from "../support/fixtures.ts";
import { root } from "../support/project.ts";
import { asSecretProviderClass } from "../support/secret-provider-class.ts";
import { up } from "../support/stack.ts";

const page = readFileSync(path.join(root, "docs/deliveries/csi.md"), "utf8");

interface Pod {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly { readonly volumeMounts: readonly { readonly name: string }[] }[];
    readonly volumes: readonly {
      readonly name: string;
      readonly csi: {
        readonly driver: string;
        readonly readOnly: boolean;
        readonly volumeAttributes: { readonly secretProviderClass: string };
      };
    }[];
  };
}

function examplePod(): Pod {
  const [, text = ""] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
  return parse(text) as Pod;
}

describe("the page about the CSI driver", () => {
  it("shows a Pod that mounts what the catalogue's delivery makes, as the account that may read it", async () => {
    const { metadata, spec } = examplePod();
    const { mlflow } = catalogue;
    assert.ok(mlflow !== undefined);
    const { resources } = await up({
      catalogue: { mlflow: { ...mlflow, deliveries: mlflow.deliveries.filter((each) => each.namespace === "mlflow") } },
      secret: {},
      facts: {
        via: "csi",
        clusters: { main: { ...facts.clusters.main, secretsStoreCsi: {} } },
        namespaces: { mlflow: { cluster: "main", store: "vault" } },
      },
    });
    const [volume] = spec.volumes;
    assert.ok(volume !== undefined);
    const name = `main/mlflow/${volume.csi.volumeAttributes.secretProviderClass}`;
    const { inputs } = resources.find("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass", name);
    const made = asSecretProviderClass(inputs);
    const account = resources.find("kubernetes:core/v1:ServiceAccount", "main/mlflow/service-account").inputs;
    assert.deepEqual(
      [metadata.namespace, volume.csi.volumeAttributes.secretProviderClass, spec.serviceAccountName],
      [made.metadata.namespace, made.metadata.name, (account["metadata"] as { readonly name: string }).name],
    );
    assert.deepEqual([volume.csi.driver, volume.csi.readOnly], ["secrets-store.csi.k8s.io", true]);
    assert.deepEqual(spec.containers[0]?.volumeMounts[0]?.name, volume.name);
    const files = parse(made.spec.parameters["objects"] ?? "") as readonly { readonly objectName: string }[];
    for (const { objectName } of files) assert.ok(page.includes(`${objectName}\``), `${objectName} is not on the page`);
  });

  it("lists the versions of the table", () => {
    for (const [name, source] of Object.entries(usualCharts)) {
      if (source === undefined) continue;
      assert.match(
        page,
        new RegExp(`\\| \`${name}\` +\\| \`${source.chart}\` +\\| ${source.version.replaceAll(".", "\\.")} +\\|`),
      );
    }
  });
});
