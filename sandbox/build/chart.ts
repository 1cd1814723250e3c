import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, parseDocument } from "yaml";
import { SandboxError } from "../support/errors.ts";

/** Sources of the chart inside the operator's module, and the folder to make. */
export interface ChartSources {
  /** The module's deploy/charts/external-secrets: its templates/crds is empty, upstream fills it at release. */
  readonly chart: string;
  /** The module's deploy/crds/bundle.yaml. */
  readonly crds: string;
  readonly target: string;
}

/**
 * Makes the chart that upstream's release would publish (hack/helm.generate.sh there), from the same files:
 * every CRD becomes a template behind `installCRDs` and its `crds.create…` switch, and takes `crds.annotations`.
 * The one dependency (a server for another vendor's store, off by default) is not in the module and is cut.
 */
export async function assembleChart({ chart, crds, target }: ChartSources): Promise<void> {
  await cp(chart, target, { recursive: true });
  await rm(path.join(target, "Chart.lock"), { force: true });
  // The chart's own unit tests: not part of a release.
  await rm(path.join(target, "tests"), { recursive: true, force: true });
  const chartFile = path.join(target, "Chart.yaml");
  await writeFile(chartFile, withoutDependencies(await readFile(chartFile, "utf8")));
  const folder = path.join(target, "templates", "crds");
  await mkdir(folder, { recursive: true });
  for (const { name, template } of crdTemplates(await readFile(crds, "utf8"))) {
    await writeFile(path.join(folder, `${name}.yaml`), template);
  }
}

/** Chart.yaml without its dependencies; every other line, the version among them, stays. */
export function withoutDependencies(chartYaml: string): string {
  const document = parseDocument(chartYaml);
  document.delete("dependencies");
  return document.toString();
}

/** One CRD as a chart template. */
export interface CrdTemplate {
  readonly name: string;
  readonly template: string;
}

/** Splits the CRD bundle and puts each CRD behind its switch. */
export function crdTemplates(bundle: string): CrdTemplate[] {
  return bundle
    .split(/^---\s*$/m)
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map(crdTemplate);
}

function crdTemplate(text: string): CrdTemplate {
  const crd = parse(text) as { spec: { names: { kind: string; singular: string }; conversion?: unknown } };
  const { kind, singular } = crd.spec.names;
  if (text.includes("{{") || crd.spec.conversion !== undefined) {
    throw new SandboxError({
      what: `The CRD ${kind} cannot be made a chart template.`,
      why: "It holds template marks or a conversion webhook, which no CRD of the pinned version does.",
      fix: "The operator's version moved: update sandbox/build/chart.ts, or restore sandbox/tools.",
    });
  }
  const annotations = "  annotations:\n";
  if (text.split(`\n${annotations}`).length !== 2) {
    throw new SandboxError({
      what: `The CRD ${kind} has no single place for annotations.`,
      fix: "The operator's version moved: update sandbox/build/chart.ts, or restore sandbox/tools.",
    });
  }
  const annotated = text.replace(
    `\n${annotations}`,
    `\n${annotations}    {{- with .Values.crds.annotations }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n`,
  );
  return { name: singular, template: `{{- if ${condition(kind)} }}\n${annotated}\n{{- end }}\n` };
}

/** Upstream has a switch for the cluster-wide kinds and for PushSecret; the others come with `installCRDs` alone. */
function condition(kind: string): string {
  const hasSwitch = kind.startsWith("Cluster") || kind === "PushSecret";
  return hasSwitch ? `and (.Values.installCRDs) (.Values.crds.create${kind})` : ".Values.installCRDs";
}
