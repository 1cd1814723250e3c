import { z } from "zod";
import { externalSecrets } from "../operator-facts.ts";
import { commonFacts, flavour, issuer, plainTraits } from "./flavour.ts";

/** Facts that only the chart supports. With Red Hat's operator they would be ignored silently, so they are refused. */
const factsOfTheChart = [
  "chart",
  "repository",
  "webhook",
  "concurrency",
  "deadlineSeconds",
  "priorityClassName",
  "serviceMonitor",
  "pushSecrets",
  "webhookPort",
  "image",
  "proxy",
  "caBundle",
  "webhookHostNetwork",
  "controllerClass",
  "values",
] as const;

/** The same within `networkPolicy`; its other facts, about stores, also work with Red Hat's operator. */
const factsOfTheChartsNetwork = {
  apiServer: "let every program reach port 6443 of any address, and can't be narrowed",
  apiServerPorts: "let every program reach port 6443 of any address, and can't be narrowed",
  monitoringNamespace: "let only OpenShift's monitoring read metrics",
} as const;

function isSet(facts: z.output<typeof externalSecrets>, fact: (typeof factsOfTheChart)[number]): boolean {
  return facts[fact] !== externalSecrets.parse({ version: facts.version })[fact];
}

const facts = z
  .strictObject({
    flavour: z.literal("openshift"),
    ...commonFacts,
    issuer,
    manager: z.enum(["helm", "operator-lifecycle-manager"]).default("helm"),
    trustedCaBundle: z.boolean().default(false),
  })
  .superRefine(({ manager, trustedCaBundle, externalSecrets: operator }, context) => {
    if (manager === "helm") return;
    const paths = [
      ...(trustedCaBundle ? [["trustedCaBundle"]] : []),
      ...factsOfTheChart.filter((fact) => isSet(operator, fact)).map((fact) => ["externalSecrets", fact]),
    ];
    for (const path of paths) {
      const message = "must be left out: it has no effect with Red Hat's operator (manager)";
      context.addIssue({ code: "custom", path, message });
    }
    for (const [fact, why] of Object.entries(factsOfTheChartsNetwork)) {
      const given = operator.networkPolicy?.[fact as keyof typeof factsOfTheChartsNetwork] ?? [];
      if (given.length === 0) continue;
      const message = `must be left out: Red Hat's own policies ${why}`;
      context.addIssue({ code: "custom", path: ["externalSecrets", "networkPolicy", fact], message });
    }
  });

/** OpenShift, on premises or in a cloud. */
export const openshift = flavour(facts, ({ manager, trustedCaBundle, issuer }) => ({
  issuer,
  traits: {
    ...plainTraits,
    operatorManager: manager,
    trustedCaBundle,
    noPrivilegedCharts:
      "OpenShift lets no Pods of the chart onto its nodes without further rights; Red Hat's Secrets Store CSI Driver Operator brings the driver",
    // Its DNS Pods listen at 5353 behind the service's 53, and a NetworkPolicy sees the Pod's port.
    dnsPorts: [53, 5353],
  },
  // Red Hat's operator has a place of its own for what it installs.
  ...(manager === "helm" ? {} : { externalSecrets: { namespace: "external-secrets" } }),
}));
