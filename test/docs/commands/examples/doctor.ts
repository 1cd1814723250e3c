import { doctorResult } from "../../../../cli/text/doctor.ts";
import type { Report } from "../../../../operations/doctor/report.ts";
import { framed } from "../../../cli/captured.ts";
import { diagnose, the, type World } from "../../../operations/doctor/scene.ts";
import type { Examples } from "../example.ts";
import { withFiles } from "./files.ts";

const notReady = (reason: string, message: string) => ({
  conditions: [{ type: "Ready", status: "False", reason, message }],
});

/** A store that the operator does not reach, and what waits for it. */
function storeIsDown(world: World): void {
  the(world, "SecretStore").status = notReady(
    "InvalidProviderConfig",
    "dial tcp 10.0.0.7:8200: connect: connection refused",
  );
  the(world, "ExternalSecret").status = notReady("SecretSyncedError", 'SecretStore "secrets-reader" is not ready');
}

const line = "npx secrets doctor shop/shop-db --stack test";
const shown = (change: (world: World) => void, json = false) =>
  framed(json, async ({ print }) => print(doctorResult(await diagnose(change))));

export const doctor: Examples = {
  sound: { typed: line, run: () => shown(() => undefined) },
  broken: { typed: line, run: () => shown(storeIsDown) },
  json: {
    typed: `${line} --json`,
    run: () => shown(storeIsDown, true),
    excerpt: ({ secrets, ...report }: Report) => ({
      ...report,
      secrets: secrets.map(({ chain, ...secret }) => ({ ...secret, chain: chain.slice(4, 6) })),
    }),
  },
  refused: withFiles("npx secrets doctor mlflw --stack dev"),
};
