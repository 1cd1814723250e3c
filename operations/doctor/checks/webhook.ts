import { merged, type Examined } from "../model.ts";
import { kubectl, type Asked } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/**
 * Whether the operator's admission webhook can be reached. Where it can't, the API server refuses each change of a
 * SecretStore or ExternalSecret, their deletion included (external-secrets#4540).
 */
export async function checkWebhook(asked: Asked): Promise<Examined> {
  const { reader, cluster } = asked;
  const { namespace } = cluster.spec.externalSecrets;
  const found = await reader.list("ValidatingWebhookConfiguration");
  if (isRefused(found)) return unanswered("operator", "the cluster's admission webhooks", found);
  const own = found.value.flatMap(({ metadata, webhooks = [] }) =>
    webhooks.flatMap(({ clientConfig = {}, failurePolicy }) => {
      const { service, caBundle = "" } = clientConfig;
      return service?.namespace === namespace && service.name !== undefined && failurePolicy !== "Ignore"
        ? [{ configuration: metadata?.name ?? "", service: service.name, caBundle }]
        : [];
    }),
  );
  const byService = [...Map.groupBy(own, ({ service }) => service)];
  return merged(await Promise.all(byService.map(([service, each]) => checkService(asked, service, each))));
}

interface Configured {
  readonly configuration: string;
  readonly caBundle: string;
}

async function checkService(asked: Asked, service: string, configured: readonly Configured[]): Promise<Examined> {
  const { reader, cluster } = asked;
  const { namespace, webhook } = cluster.spec.externalSecrets;
  const slices = await reader.list("EndpointSlice", namespace);
  if (isRefused(slices)) return unanswered("operator", `the endpoints of Service ${namespace}/${service}`, slices);
  const ready = slices.value
    .filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === service)
    .some(({ endpoints }) => (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false));
  const names = [...new Set(configured.map(({ configuration }) => configuration))].sort();
  const consequence = "so the API server refuses to create, change or delete a SecretStore or ExternalSecret";
  if (!ready) {
    return {
      findings: [
        {
          link: "operator",
          severity: "broken",
          subject: `the operator's webhook (Service ${namespace}/${service})`,
          problem: `has no Pod that is ready, ${consequence}`,
          evidence: [`registered by ValidatingWebhookConfiguration ${names.join(", ")}`],
          fix: webhook
            ? kubectl(asked, `-n ${namespace} rollout restart deployment ${service}`)
            : `remove what an earlier installation left: ${kubectl(asked, `delete validatingwebhookconfiguration ${names.join(" ")}`)}`,
        },
      ],
    };
  }
  if (configured.some(({ caBundle }) => caBundle === "")) {
    return {
      findings: [
        {
          link: "operator",
          severity: "broken",
          subject: `the operator's webhook (Service ${namespace}/${service})`,
          problem: `has no certificate in ValidatingWebhookConfiguration ${names.join(", ")}, ${consequence}`,
          fix: kubectl(asked, `-n ${namespace} rollout restart deployment external-secrets-cert-controller`),
        },
      ],
    };
  }
  return {
    seen: [{ link: "operator", text: `the webhook (Service ${namespace}/${service}) has Pods that are ready` }],
  };
}
