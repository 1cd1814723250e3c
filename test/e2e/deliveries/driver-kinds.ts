const texts = { type: "object", additionalProperties: { type: "string" } };

/**
 * The kind that Pods name, as kubernetes-sigs/secrets-store-csi-driver has it (`config/crd/bases`, read on 2026-11-29): the fields
 * that `test/support/secret-provider-class.ts` allows. The API server drops any other.
 */
export const driverKinds = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "secretproviderclasses.secrets-store.csi.x-k8s.io" },
  spec: {
    group: "secrets-store.csi.x-k8s.io",
    scope: "Namespaced",
    names: {
      kind: "SecretProviderClass",
      listKind: "SecretProviderClassList",
      plural: "secretproviderclasses",
      singular: "secretproviderclass",
    },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  provider: { type: "string" },
                  parameters: texts,
                  secretObjects: {
                    type: "array",
                    items: {
                      type: "object",
                      properties: {
                        secretName: { type: "string" },
                        type: { type: "string" },
                        labels: texts,
                        annotations: texts,
                        data: {
                          type: "array",
                          items: {
                            type: "object",
                            properties: { objectName: { type: "string" }, key: { type: "string" } },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};
