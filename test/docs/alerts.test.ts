import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";
import { alertedCluster, alertsOf, specOf } from "../components/alerts/cluster.ts";

/** The page, as its alerts link to it. */
const page = readFileSync(path.join(root, "docs/alerts.md"), "utf8");

/** What the page says of each alert, by its heading. */
const sections = new Map(
  (/^## Alerts\n(?<text>.*?)^## /ms.exec(page)?.groups?.["text"] ?? "")
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...text] = section.split("\n");
      return [heading, text.join("\n")] as const;
    }),
);

const prod = {
  ...alertedCluster,
  owner: "acme/prod",
  operator: { ...alertedCluster.operator, namespace: "external-secrets" } as NonNullable<
    typeof alertedCluster.operator
  >,
  sealing: {
    fetchCertificate:
      "kubeseal --fetch-cert --controller-namespace kube-system --controller-name sealed-secrets-controller",
  },
};

/** A command with what Prometheus puts into it as a reader fills it in. */
function written(command: string): string {
  return command
    .replaceAll("{{ with $labels.secret_namespace }} {{ . }}{{ end }}", " <namespace>")
    .replaceAll("{{ $labels.secret_namespace }}", "<namespace>")
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "<$1>");
}

describe("docs/alerts.md", () => {
  it("has a section for each alert, and none for another", () => {
    assert.deepEqual(
      [...sections.keys()],
      alertsOf(prod).map(({ alert }) => alert),
    );
  });

  for (const { alert, annotations, expr, for: lasting = "" } of alertsOf(prod)) {
    it(`begins with the command of ${alert}, and says when it fires`, () => {
      const text = sections.get(alert) ?? "";
      assert.match(annotations["runbook_url"] ?? "", new RegExp(`#${alert.toLowerCase()}$`));
      assert.deepEqual(
        [...text.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, command]) => command),
        [written(annotations["command"] ?? "")],
      );
      const { thresholds } = specOf();
      for (const [, name = ""] of text.matchAll(/`thresholds\.(\w+)`/g)) {
        const usual = thresholds[name as keyof typeof thresholds];
        assert.ok(
          new RegExp(`\\b${usual} (minutes|days|%|syncs)`).test(text.replaceAll("\n", " ")),
          `${alert}: ${name} is ${usual}`,
        );
        const used = name.endsWith("Days") ? usual * 86_400 : usual;
        assert.ok(`${expr} ${lasting}`.includes(String(used)), `${alert} does not use ${name}`);
      }
    });
  }
});
