import { z } from "zod";
import { blank, setCommand } from "../../support/messages/config-command.ts";
import { printableAscii } from "../facts.ts";
import type { TargetKind } from "../kind.ts";
import { applicationFacts, clearProblems } from "../web/facts.ts";
import type { GrafanaSpec } from "./spec.ts";

const facts = z
  .strictObject({ kind: z.literal("grafana"), ...applicationFacts })
  .check(({ value, issues }) => void issues.push(...clearProblems(value)));

/** Grafana: passwords of its own users, by its HTTP API. */
export const grafana: TargetKind<GrafanaSpec, typeof facts> = {
  facts,
  spec: (name, { administrator, caBundle, ...rest }) => ({
    ...rest,
    name,
    ...(administrator === undefined ? {} : { administrator }),
    ...(caBundle === undefined ? {} : { caBundle }),
  }),
  place: ({ url }) => url,
  administrator: ({ administrator }) => administrator,
  isAdministratorOptional: true,
  withoutPrevious: ({ name, administrator }) =>
    administrator === undefined
      ? setCommand(["targets", name, "administrator"], blank("account that sets the passwords of others"))
      : undefined,
  password: printableAscii("Grafana"),
  load: () => import("./actions.ts"),
};
