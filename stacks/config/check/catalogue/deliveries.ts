import type { Issue } from "../../../../components/support/messages/errors.ts";
import { checkSource, type Known } from "./delivery-sources.ts";
import type { ApplicationDraft, DeliveryDraft } from "./draft.ts";
import { kubernetesName, nameProblem, namespaceName } from "./names.ts";
import { cataloguePath } from "./path.ts";
import { checkTemplates } from "./delivery-templates.ts";
import { metadataProblems } from "./secret-metadata.ts";
import { typeProblem } from "./secret-type.ts";

/** What is wrong with deliveries, whichever environment they are made in. Pure. */
export function checkDeliveries(applications: readonly ApplicationDraft[]): readonly Issue[] {
  const known: Known = {
    secrets: new Map(
      applications.flatMap(({ secrets }) => secrets.map((each) => [`${each.app}/${each.name}`, each] as const)),
    ),
    applications: new Map(applications.map((each) => [each.app, each])),
  };
  return applications.flatMap(({ app, deliveries }) => deliveries.flatMap((each) => checkDelivery(app, each, known)));
}

function checkDelivery(app: string, { path, delivery }: DeliveryDraft, known: Known): readonly Issue[] {
  const at = cataloguePath(path);
  const problems = [
    nameProblem(delivery.namespace, namespaceName),
    nameProblem(delivery.secretName, kubernetesName),
  ].flatMap((problem) => problem ?? []);
  const { type } = delivery;
  const ofType = type === undefined ? undefined : typeProblem(type);
  return [
    ...problems.map((problem) => ({ path: at, ...problem })),
    ...(ofType === undefined ? [] : [{ path: `${at}.type`, ...ofType }]),
    ...metadataProblems({ ...delivery, path }),
    ...delivery.from.flatMap((source) => checkSource(app, source, at, known)),
    ...checkTemplates(app, delivery.templates ?? {}, path, known),
  ];
}
