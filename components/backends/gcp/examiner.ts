import { messageOf } from "../../support/messages/errors.ts";
import { broken, examinedTogether, sound, unanswered } from "../examiner.ts";
import type { NotAsked, StoreExamination, StoreExaminer } from "../examiner.ts";
import { checkGoogleLogin } from "./examine-login.ts";
import { checkBindings } from "./examine-rights.ts";
import { checkGoogleSecret } from "./examine-secret.ts";
import { deployerClient, googleQuestions, type AskGoogle } from "./questions.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

/** Opens Secret Manager to ask it, with the deployer's credentials. */
export async function open(
  spec: GcpSecretManagerSpec,
  variable: (name: string) => string | undefined,
): Promise<StoreExaminer | NotAsked> {
  try {
    const client = await deployerClient(variable);
    await client.getAccessToken();
    return googleExaminer(spec, googleQuestions(client));
  } catch (error) {
    return { reason: messageOf(error).split("\n")[0] ?? "" };
  }
}

/** Asks Secret Manager, and what vouches for its readers, by these questions. */
export function googleExaminer(spec: GcpSecretManagerSpec, ask: AskGoogle): StoreExaminer {
  return {
    store: () => checkProject(spec, ask),
    reader: async (reading) =>
      examinedTogether(await Promise.all([checkGoogleLogin(spec, ask, reading), checkBindings(spec, ask, reading)])),
    object: (object, keys) => checkGoogleSecret(spec, ask, object, keys),
  };
}

async function checkProject({ project }: GcpSecretManagerSpec, ask: AskGoogle): Promise<StoreExamination> {
  const subject = `Secret Manager of project ${project}`;
  const found = await ask(`https://secretmanager.googleapis.com/v1/projects/${project}/secrets?pageSize=1`);
  if ("value" in found) return sound("store", `${subject} answers`);
  if ("absent" in found) return broken("store", subject, "does not exist", `gcloud projects describe ${project}`);
  if (/has not been used in project|is disabled/i.test(found.refused)) {
    const fix = `gcloud services enable secretmanager.googleapis.com --project=${project}`;
    return broken("store", subject, "is not enabled: its API is off", fix);
  }
  return unanswered("store", subject, found.refused);
}
