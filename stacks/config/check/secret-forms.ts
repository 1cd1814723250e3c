/** What is a secret by its form, wherever it stands. The words follow "holds". */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/, "a private key"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/, "a token (JWT)"],
  [/\bhv[sbr]\.[\w-]{20,}/, "a token of Vault"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an access key of AWS"],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/, "a token of GitHub"],
  [/\bglpat-[\w-]{20,}/, "a token of GitLab"],
  [/\bxox[abeoprs]-[\w-]{10,}/, "a token of Slack"],
  [/\bpul-[0-9a-f]{40}\b/, "a token of Pulumi"],
];

/** A kubeconfig, as YAML or JSON. Nearly every one has somebody's credentials in it. */
const kubeconfig =
  /(?:^|[\s{,"'])(?:client-key-data|client-certificate-data|certificate-authority-data|current-context)["']?\s*:|kind["']?\s*:\s*["']?Config\b/;

/** Whether a text is a kubeconfig. Pure. */
export function isKubeconfig(text: string): boolean {
  return kubeconfig.test(text);
}

/** What a text holds that only a secret may, by its form alone; `undefined` where it has none of them. Pure. */
export function secretIn(text: string): string | undefined {
  return forms.find(([form]) => form.test(text))?.[1];
}
