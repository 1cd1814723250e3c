import { basePart } from "../../../stacks/config/schema/parts.ts";
import { fullName, npmSettings, secretVariables, type FleetSource } from "./model.ts";

/** Where the kubeconfig is on the machine of a deployment, which runs Linux: in memory, and gone with the machine. */
const kubeconfig = "/dev/shm/kubeconfig";
const writeKubeconfig = `printf %s "$KUBECONFIG_TEXT" > ${kubeconfig}`;

/**
 * A script that sets up Pulumi Deployments for each part of an environment. The engine of Pulumi Cloud keeps such settings
 * itself, and has no file for them: its command line is what changes them. Pure.
 *
 * @see pulumi `pkg/cmd/pulumi/deployment/deployment_settings_edit.go` (3.259)
 */
export function deploymentsScript(source: FleetSource): string {
  const { environment, parts, repository, branch } = source;
  const github = /^https:\/\/github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(repository)?.[1];
  // Only the App of GitHub tells Pulumi Cloud of pushes.
  const from = github === undefined ? ["--git-url", repository] : ["--github-repo", github];
  const on = github === undefined ? [] : ["--push-to-deploy", "--preview-prs"];
  const variables = Object.entries({ ...npmSettings, KUBECONFIG: kubeconfig }).flatMap(([name, value]) => [
    "--env",
    `${name}=${value}`,
  ]);
  // Pulumi Cloud has the token of its own deployments.
  const secrets = ["KUBECONFIG_TEXT", ...secretVariables(source).filter((name) => name !== "PULUMI_ACCESS_TOKEN")];
  const common = [...from, "--branch", branch, ...on, ...variables, "--pre-run-command", writeKubeconfig]
    .map(quoted)
    .join(" ");
  const secretWords = secrets.map((name) => ` --secret-env "${name}=$${name}"`).join("");
  const edit = ({ stack }: (typeof parts)[number]) =>
    `pulumi deployment settings edit --stack ${quoted(fullName(source, stack))} ${common}${secretWords}`;
  const run = ({ stack }: (typeof parts)[number]) =>
    `pulumi deployment run update --stack ${quoted(fullName(source, stack))} --inherit-settings`;
  const base = parts.filter(({ part }) => part === basePart);
  const others = parts.filter(({ part }) => part !== basePart);
  return [
    "#!/bin/sh",
    `# Pulumi Deployments for ${environment}, of npx secrets fleet files. The stacks must exist: npx secrets fleet up ${environment}`,
    "set -eu",
    ...secrets.map((name) => `: "\${${name}:?}"`),
    ...parts.map(edit),
    "",
    "# The base first, once; pushes deploy all of them side by side from then on.",
    ...[...base, ...others].map(run),
    "",
  ].join("\n");
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
