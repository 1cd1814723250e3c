import { accepted, at, refused, type Case, type CaseClass, type Input } from "../case.ts";

/** Changes facts of the operator. */
const operator = (change: object) => (input: Input) => {
  Object.assign(at(input.facts, "clusters", "main", "externalSecrets"), change);
};
const values = (of: object) => operator({ values: of });

const right: Readonly<Record<string, Case["change"]>> = {
  "an image of a mirror with pull secrets": operator({
    image: { repository: "mirror.example:5000/eso/external-secrets", pullSecrets: ["mirror-pull"] },
  }),
  "a proxy and what is reached without it": operator({
    proxy: { url: "http://proxy.example:3128", bypass: ["vault.example", ".corp.example", "10.0.0.0/8", "fd00::1"] },
  }),
  certificates: operator({ caBundle: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" }),
  "the webhook on its node's network, at a free port": operator({ webhookHostNetwork: true, webhookPort: 9443 }),
  "a class": operator({ controllerClass: "platform" }),
  "a quarter of an hour to start": operator({ deadlineSeconds: 900 }),
  "tolerations, affinity and node selector for all programs": values({
    global: { tolerations: [{ operator: "Exists" }], nodeSelector: { pool: "infra" }, affinity: {} },
  }),
  "resources, annotations and a log level": values({
    resources: { limits: { memory: "1Gi" } },
    podAnnotations: { "prometheus.io/scrape": "true" },
    log: { level: "debug" },
    webhook: { resources: {} },
  }),
};

const wrong: Readonly<Record<string, Case["change"]>> = {
  "an image with a scheme": operator({ image: { repository: "https://mirror.example/eso" } }),
  "an image with a tag": operator({ image: { repository: "mirror.example/eso:v2" } }),
  "an image without a path": operator({ image: { repository: "mirror.example" } }),
  "a pull secret in capitals": operator({ image: { repository: "mirror.example/eso", pullSecrets: ["Mirror"] } }),
  "a proxy without a scheme": operator({ proxy: { url: "proxy.example:3128" } }),
  "a bypass with a wildcard": operator({ proxy: { url: "http://proxy.example", bypass: ["*.example.com"] } }),
  "a bypass with a URL": operator({ proxy: { url: "http://proxy.example", bypass: ["https://vault.example"] } }),
  "certificates that are none": operator({ caBundle: "ca.crt" }),
  "the webhook on its node's network, at the kubelet's port": operator({ webhookHostNetwork: true }),
  "a class in capitals": operator({ controllerClass: "Platform" }),
  "an empty class": operator({ controllerClass: "" }),
  "no time to start": operator({ deadlineSeconds: 0 }),
  "a time to start with a unit": operator({ deadlineSeconds: "15m" }),
  "a class among the values": values({ controllerClass: "platform" }),
  "a value that the program sets": values({ replicaCount: 5 }),
  "several values that the program sets": values({ installCRDs: false, rbac: {}, webhook: { create: false } }),
  "a value that the chart does not have": values({ toleration: [] }),
  "a value of another type": values({ tolerations: { key: "infra" } }),
  "values that are no map": operator({ values: ["a"] }),
  "a variable that the proxy sets": values({ extraEnv: [{ name: "NO_PROXY", value: "*" }] }),
  "an argument that turns a reconciler on": values({ extraArgs: { "enable-push-secret-reconciler": true } }),
};

/** How the operator is installed where images, network and certificates are not the usual ones. */
export const operatorFacts: CaseClass = {
  title: "the operator's installation",
  cases: [...accepted(right), ...refused(wrong)],
};
