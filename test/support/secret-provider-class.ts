import { z } from "zod";

/**
 * The part of the CRD that a SecretProviderClass of ours may use: `spec` of version v1 in
 * `secretproviderclasses.secrets-store.csi.x-k8s.io`, as kubernetes-sigs/secrets-store-csi-driver has it
 * (`config/crd/bases`, controller-gen v0.16.3, read on 2026-11-29). Every parameter is a text. The API server drops fields
 * that the CRD lacks, so that one of them is an error here.
 */
const texts = z.record(z.string(), z.string());
const secretObject = z.strictObject({
  secretName: z.string(),
  type: z.string(),
  labels: texts.optional(),
  annotations: texts.optional(),
  data: z.array(z.strictObject({ objectName: z.string(), key: z.string() })),
});

const secretProviderClass = z.strictObject({
  apiVersion: z.literal("secrets-store.csi.x-k8s.io/v1"),
  kind: z.literal("SecretProviderClass"),
  metadata: z.strictObject({ name: z.string(), namespace: z.string(), annotations: texts }),
  spec: z.strictObject({
    provider: z.string(),
    parameters: texts,
    secretObjects: z.array(secretObject).optional(),
  }),
});

/**
 * What the driver itself demands beyond the CRD (`pkg/util/secretutil`, `ValidateSecretObject`): a name, a type and data, or it
 * makes no Secret.
 */
const demanded = secretProviderClass.superRefine(({ spec: { secretObjects = [] } }, context) => {
  for (const { secretName, type, data } of secretObjects) {
    if (secretName === "" || type === "" || data.length === 0)
      context.addIssue({ code: "custom", message: "is not whole" });
  }
});

export type SecretProviderClassManifest = z.output<typeof secretProviderClass>;

/** A manifest as the API server and the driver take it. @throws where one of them would refuse it, or drop a field. */
export function asSecretProviderClass(manifest: unknown): SecretProviderClassManifest {
  return demanded.parse(manifest);
}
