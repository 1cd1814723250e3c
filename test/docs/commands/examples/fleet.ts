import { EXIT } from "../../../../cli/exit-codes.ts";
import { fleetPlanText, fleetResult, moveText } from "../../../../cli/text/fleet.ts";
import type { FleetAction, FleetPlan, PartResult } from "../../../../operations/fleet/model.ts";
import type { MoveReport } from "../../../../operations/fleet/move.ts";
import { framed, typed } from "../../../cli/captured.ts";
import type { Example, Examples } from "../example.ts";

const ran = (words: string): Example => ({ typed: `npx secrets ${words}`, run: () => typed(...words.split(" ")) });

/** A plan that gives one application a part. */
export const spread: FleetPlan = {
  schemaVersion: 1,
  environment: "prod",
  parts: [
    { part: "base", stack: "prod", applications: [], resources: 41 },
    { part: "p1", stack: "prod.p1", applications: ["mlflow", "model-server"], resources: 391 },
    { part: "p2", stack: "prod.p2", applications: ["grafana", "shop"], resources: 212 },
  ],
  stores: [
    {
      store: "aws",
      kind: "aws-secrets-manager",
      objects: 240,
      readsPerSecond: 240 / 3600,
      burstReadsPerSecond: 100,
      readQuota: 10_000,
      firstUpSeconds: 5,
    },
  ],
  added: { shop: "p2" },
  removed: [],
  written: false,
};

const plan = (words: string, shown: FleetPlan): Example => ({
  typed: `npx secrets fleet plan ${words}`,
  run: () =>
    framed(words.includes("--json"), ({ print }) =>
      print({
        text: () => fleetPlanText(shown),
        data: shown,
        code: Object.keys(shown.added).length > 0 && !shown.written ? EXIT.found : EXIT.done,
      }),
    ),
});

export const fleetPlan: Examples = {
  new: plan("prod", spread),
  written: plan("prod --write", { ...spread, written: true }),
  json: plan("prod --json", { ...spread, added: {} }),
  refused: ran("fleet plan nowhere"),
};

const done = (part: string, changes: PartResult["changes"], seconds: number): PartResult => ({
  part,
  stack: part === "base" ? "prod" : `prod.${part}`,
  outcome: "done",
  seconds,
  changes,
});

const locked: PartResult = {
  ...done("p2", {}, 6.2),
  outcome: "failed",
  message:
    "error: the stack is currently locked by 1 lock(s)\n    fix: wait for the run that has the lock (ci@runner-3 (process 478), since 2026-12-01T10:00:00Z), then run this again\n    or, if it was killed and nobody is at work: pulumi cancel --yes --stack prod.p2, then this again",
};

const run = (action: FleetAction, words: string, parts: readonly PartResult[]): Example => ({
  typed: `npx secrets fleet ${action} ${words}`,
  run: () =>
    framed(words.includes("--json"), ({ print }) =>
      print(fleetResult({ schemaVersion: 1, environment: "prod", action, parts }, false)),
    ),
});

const updated = [done("base", { same: 41 }, 9.1), done("p1", { update: 2, same: 389 }, 18.4)];

export const fleetUp: Examples = {
  done: run("up", "prod --yes", [...updated, done("p2", { create: 24, same: 188 }, 21.7)]),
  failed: run("up", "prod --yes", [...updated, locked]),
  part: run("up", "prod --part p2 --yes", [done("p2", { create: 24, same: 188 }, 21.7)]),
  json: run("up", "prod --yes --json", updated),
  "no part": ran("fleet up prod --part p9 --yes"),
  refused: ran("fleet up nowhere --yes"),
};

export const fleetPreview: Examples = {
  done: run("preview", "prod", [...updated, done("p2", { same: 212 }, 7.3)]),
  failed: run("preview", "prod", [...updated, { ...locked, message: "error: Vault is sealed" }]),
  refused: ran("fleet preview nowhere"),
};

const gone = [done("p1", { delete: 391 }, 20.4), done("p2", { delete: 212 }, 14.1)];

export const fleetDestroy: Examples = {
  done: run("destroy", "prod --yes", [done("base", { delete: 41 }, 12.9), ...gone]),
  failed: run("destroy", "prod --yes", [
    { ...done("base", {}, 0), outcome: "skipped" },
    ...gone.slice(0, 1),
    { ...locked, message: "error: Vault is sealed" },
  ]),
  refused: ran("fleet destroy nowhere --yes"),
};

const moved: MoveReport = {
  schemaVersion: 1,
  environment: "prod",
  applications: ["mlflow", "model-server"],
  from: "p1",
  to: "p2",
  resources: 28,
  outcome: "moved",
};

const move = (words: string, shown: MoveReport): Example => ({
  typed: `npx secrets fleet move ${words}`,
  run: () => framed(words.includes("--json"), ({ print }) => print({ text: () => moveText(shown), data: shown })),
});

export const fleetMove: Examples = {
  moved: move("prod mlflow p2", moved),
  planned: move("prod mlflow p2 --dry-run", { ...moved, outcome: "planned" }),
  json: move("prod mlflow p2 --json", moved),
  refused: ran("fleet move nowhere mlflow p2"),
};

const repository = "--repository https://github.com/acme/secrets";

export const fleetFiles: Examples = {
  operator: ran(`fleet files prod --for operator ${repository} --backend s3://acme-state?region=eu-central-1`),
  deployments: ran(`fleet files prod --for deployments ${repository} --organization acme`),
  refused: ran(
    `fleet files prod --for operator ${repository} --backend postgres://pulumi:none@db.acme.internal/pulumi`,
  ),
};
