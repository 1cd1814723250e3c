import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isCertificate, readCertificate } from "../../../components/sealed-secrets/certificate.ts";
import { seal, sealingLabel } from "../../../components/sealed-secrets/seal.ts";
import { connection } from "../support/platform.ts";

export const namespace = "moved";

/** What applications read before, and must read at every moment: by Secret and key. */
export const inUse: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hub: { HF_TOKEN: "hub-in-use-5a1c" },
  "web-auth": { "web-password": "web-in-use-77fe" },
  root: { rootPassword: "root-in-use-19bd", note: "note-in-use-2c4d" },
  billing: { API_KEY: "billing-in-use-91aa", TOKEN: "token-in-use-08ee" },
  mail: { SMTP_PASSWORD: "smtp-in-use-3b7f", MAIL_TOKEN: "mail-in-use-c210" },
  sealed: { SIGNING_KEY: "sealed-in-use-6e95" },
  mounted: { MOUNT_TOKEN: "mounted-in-use-d4c8" },
};

/** Objects of Vault that others wrote, by their paths. */
export const vaultObjects: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "teams/billing": inUse["billing"] ?? {},
  "teams/mounted": inUse["mounted"] ?? {},
};

const chart = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
  "values.yaml": "auth: {}\n",
  "templates/secret.yaml": `{{- if .Values.auth.password }}
apiVersion: v1
kind: Secret
metadata: { name: web-auth }
stringData: { web-password: {{ .Values.auth.password | quote }} }
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { color: blue }
`,
};

/** The manifests of the operator's objects, as somebody wrote them for an old operator. */
const legacy = (address: string) => `apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata: { name: vault-backend, namespace: ${namespace} }
spec:
  provider:
    vault: { server: "${address}", path: secret, version: v2, auth: { tokenSecretRef: { name: vault-token, key: token } } }
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: billing, namespace: ${namespace} }
spec:
  refreshInterval: 1h
  secretStoreRef: { name: vault-backend, kind: SecretStore }
  target: { name: billing, creationPolicy: Owner }
  data:
    - { secretKey: API_KEY, remoteRef: { key: teams/billing, property: API_KEY } }
    - { secretKey: TOKEN, remoteRef: { key: teams/billing, property: TOKEN } }
`;

/** Built by kubectl, which has Kustomize inside. */
const kustomization = `namespace: ${namespace}
secretGenerator:
  # of the mail server
  - name: mail
    literals: [SMTP_PASSWORD=${inUse["mail"]?.["SMTP_PASSWORD"] ?? ""}]
    envs: [mail.env]
configMapGenerator:
  - name: mail
    literals: [PORT=25]
generatorOptions:
  disableNameSuffixHash: true
`;

/** The driver can't be had here: what it would make of this is made by hand. */
const secretProviderClass = (address: string) => `apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: mounted, namespace: ${namespace} }
spec:
  provider: vault
  parameters:
    vaultAddress: "${address}"
    roleName: mounted
    objects: |
      - objectName: token
        secretPath: secret/data/teams/mounted
        secretKey: MOUNT_TOKEN
  secretObjects:
    - secretName: mounted
      type: Opaque
      data: [{ objectName: token, key: MOUNT_TOKEN }]
`;

/** A SealedSecret, as kubeseal makes it with a certificate. */
export async function sealedSecret(certificateFile: string): Promise<string> {
  const certificate = readCertificate(await readFile(certificateFile, "utf8"));
  if (!isCertificate(certificate)) throw new Error(certificate.problem);
  const label = sealingLabel({ namespace, secretName: "sealed", scope: "strict" });
  const entries = Object.entries(inUse["sealed"] ?? {}).map(([key, value]) => {
    const text = seal({ value, publicKey: certificate.publicKey, label, entropy: randomBytes });
    return `    ${key}: ${text}\n`;
  });
  return `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: sealed, namespace: ${namespace} }
spec:
  encryptedData:
${entries.join("")}  template:
    metadata: { name: sealed, namespace: ${namespace} }
`;
}

/** Whose Pods mount the class. */
const mounting = `apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: mounting, namespace: ${namespace} }
spec:
  replicas: 0
  selector: { matchLabels: { app: mounting } }
  template:
    metadata: { labels: { app: mounting } }
    spec: { containers: [{ name: app, image: example.com/app }] }
`;

/** The Secret that the driver makes for the Pods of a ReplicaSet, which own it as long as there are any. */
export const madeByDriver = (uid: string) => ({
  metadata: {
    name: "mounted",
    namespace,
    labels: { "secrets-store.csi.k8s.io/managed": "true" },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "mounting", uid }],
  },
  stringData: { ...inUse["mounted"] },
});

/** Writes the files of the application. */
export async function writeSources(folder: string, certificateFile: string): Promise<void> {
  const lines = (values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values)
      .map(([key, value]) => `${key}=${value}\n`)
      .join("");
  await mkdir(path.join(folder, "chart/templates"), { recursive: true });
  await mkdir(path.join(folder, "kustomize"), { recursive: true });
  const { vaultAddress, vaultToken } = connection();
  const files = {
    ...Object.fromEntries(Object.entries(chart).map(([name, text]) => [`chart/${name}`, text])),
    ".env": `# of the hub\nPORT=8080\n${lines(inUse["hub"])}`,
    "hub.env": lines(inUse["hub"]),
    "root.env": lines(inUse["root"]),
    "mounting.yaml": mounting,
    "values.yaml": `color: blue # ours\nauth:\n  password: ${inUse["web-auth"]?.["web-password"] ?? ""}\n`,
    "kustomize/kustomization.yaml": kustomization,
    "kustomize/mail.env": `MAIL_TOKEN=${inUse["mail"]?.["MAIL_TOKEN"] ?? ""}\n`,
    "class.yaml": secretProviderClass(vaultAddress),
    "sealed.yaml": await sealedSecret(certificateFile),
    token: vaultToken,
    "legacy.yaml": legacy(vaultAddress),
    "served.yaml": legacy(vaultAddress).replaceAll("/v1beta1", "/v1"),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
}
