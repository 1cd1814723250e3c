import { z } from "zod";
import { blank, setCommand } from "../../support/messages/config-command.ts";
import { printableAscii } from "../facts.ts";
import type { TargetActions, TargetBase, TargetKind } from "../kind.ts";
import { applicationFacts, clearProblems } from "./facts.ts";

/** An application that keeps accounts of its own and has its API below one URL, as the deployer reaches it. */
export interface ApplicationSpec<K extends string> extends TargetBase {
  readonly kind: K;
  /** Where its pages begin. */
  readonly url: string;
  /** Account that sets the passwords of others. Absent where each account sets its own. */
  readonly administrator?: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}

function factsOf<K extends string>(kind: K) {
  return z
    .strictObject({ kind: z.literal(kind), ...applicationFacts })
    .check(({ value, issues }) => void issues.push(...clearProblems(value)));
}

/** A kind of such applications: all but how its API is spoken to. */
export function applicationKind<K extends string>(
  kind: K,
  { title, load }: { readonly title: string; readonly load: () => Promise<TargetActions<ApplicationSpec<K>>> },
): TargetKind<ApplicationSpec<K>, ReturnType<typeof factsOf<K>>> {
  return {
    facts: factsOf(kind),
    spec: (name, { administrator, caBundle, url, tls }) => ({
      kind,
      name,
      url,
      tls,
      ...(administrator === undefined ? {} : { administrator }),
      ...(caBundle === undefined ? {} : { caBundle }),
    }),
    place: ({ url }) => url,
    servers: ({ url }) => [new URL(url).href.replace(/\/+$/, "")],
    administrator: ({ administrator }) => administrator,
    isAdministratorOptional: true,
    withoutPrevious: ({ name, administrator }) =>
      administrator === undefined
        ? setCommand(["targets", name, "administrator"], blank("account that sets the passwords of others"))
        : undefined,
    password: printableAscii(title),
    verifies: () => true,
    load,
  };
}
