import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";
import { each } from "../catalogue-changes.ts";

/** Gives a cluster these alerts, and the metrics that they read. */
const alerting =
  (alerts: unknown, monitored = { serviceMonitor: true } as object) =>
  ({ facts }: Input) => {
    at(facts, "clusters", "main")["alerts"] = alerts;
    Object.assign(at(facts, "clusters", "main", "externalSecrets"), monitored);
  };
const threshold = (name: string) => (value: unknown) => alerting({ thresholds: { [name]: value } });

/** Alerts in a cluster. */
export const alertFacts: CaseClass = {
  title: "alerts",
  cases: [
    ...accepted({
      "nothing but alerts": alerting({}),
      "labels and a namespace": alerting({
        namespace: "monitoring",
        labels: { "example.com/team": "platform", release: "" },
      }),
      "other severities": alerting({ severities: { critical: "P1", warning: "P3" } }),
      "a page of one's own": alerting({ runbooks: "https://wiki.example/alerts" }),
      "a scrape job of one's own": alerting({ job: "serviceMonitor/monitoring/eso/0" }, {}),
      "every threshold at its least": alerting({
        thresholds: {
          notSyncedMinutes: 1,
          storeMinutes: 1,
          downMinutes: 1,
          syncErrors: 1,
          providerErrorPercent: 1,
          rotationNoticeDays: 1,
          certificateNoticeDays: 1,
          sealingKeyDays: 1,
        },
      }),
      "files for a GitOps tool": alerting({ appliedBy: "gitops", dashboard: {} }),
      "a dashboard in a folder": alerting({ dashboard: { annotations: { grafana_folder: "Platform / Secrets" } } }),
    }),
    ...refused({
      "no metrics": alerting({}, {}),
      ...each({ "a yes": true, "a text": "yes", "a list": [] }, (alerts) => alerting(alerts)),
      "somebody else who applies them": alerting({ appliedBy: "argo" }),
      "a label without a key": alerting({ labels: { "": "a" } }),
      "a label with spaces": alerting({ labels: { "my team": "a" } }),
      "a label whose value is a sentence": alerting({ labels: { team: "the platform team" } }),
      "a label of JavaScript": alerting({ labels: { "a/b/c": "constructor" } }),
      "a value in a label": alerting({ labels: { team: `${canary} !` } }),
      "a severity with a space": alerting({ severities: { critical: "wake up" } }),
      "a severity that nothing has": alerting({ severities: { fatal: "page" } }),
      "a value in a severity": alerting({ severities: { info: `${canary} !` } }),
      "a job that ends the selector": alerting({ job: 'a"} or up{b="' }),
      "a value in a job": alerting({ job: `${canary} !` }),
      "a page with a password": alerting({ runbooks: `https://me:${canary}@wiki.example/` }),
      "a page that is a path": alerting({ runbooks: "docs/alerts.md" }),
      ...each(
        { "no minutes": 0, "half a minute": 0.5, "a duration": "15m", "a month": 43_200 },
        threshold("notSyncedMinutes"),
      ),
      ...each({ "no percent": 0, "more than all": 101 }, threshold("providerErrorPercent")),
      ...each({ "no days": 0, "a century": 36_500 }, threshold("sealingKeyDays")),
      "a threshold that there is not": alerting({ thresholds: { minutes: 3 } }),
      "a namespace that can't be": alerting({ namespace: "Monitoring" }),
      "a dashboard that is a yes": alerting({ dashboard: true }),
      "an annotation of two lines": alerting({ dashboard: { annotations: { folder: "a\nb" } } }),
    }),
  ],
};
