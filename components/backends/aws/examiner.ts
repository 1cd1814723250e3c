import { remembered } from "../../support/remembered.ts";
import type { NativeRotation, NotAsked, Reading, StoreExaminer, Told } from "../examiner.ts";
import { examinedTogether, sound } from "../examiner.ts";
import { awsQuestions, callerAccount } from "./client.ts";
import { checkLogin } from "./examine-login.ts";
import { checkAwsObject } from "./examine-object.ts";
import { checkRights } from "./examine-rights.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import type { AwsQuestions } from "./questions.ts";

/** Opens a store on AWS to ask it, with the credentials that AWS's own tools would find. */
export async function open(
  spec: AwsStoreSpec,
  variable: (name: string) => string | undefined,
): Promise<StoreExaminer | NotAsked> {
  const account = await callerAccount(spec, variable);
  if (!("value" in account)) return { reason: "refused" in account ? account.refused : "AWS knows no such caller" };
  if (account.value !== spec.accountId) {
    return {
      reason: `these credentials are of account ${account.value}, and the store is in account ${spec.accountId}`,
    };
  }
  return awsExaminer(spec, awsQuestions(spec, variable));
}

/** Asks a store on AWS by these questions, each once. */
export function awsExaminer(spec: AwsStoreSpec, questions: AwsQuestions): StoreExaminer {
  const ask: AwsQuestions = {
    trustOf: remembered(questions.trustOf),
    inlinePolicy: remembered(questions.inlinePolicy),
    clientIdsOf: remembered(questions.clientIdsOf),
    simulated: remembered(questions.simulated),
    parameter: remembered(questions.parameter),
    // Values are not kept.
    parameterValue: questions.parameterValue,
    secret: remembered(questions.secret),
    secretValue: questions.secretValue,
  };
  return {
    store: () =>
      Promise.resolve(
        sound("store", `account ${spec.accountId} answers, in region ${spec.region}, for store ${spec.name}`),
      ),
    reader: async (reading: Reading) =>
      examinedTogether(await Promise.all([checkLogin(spec, ask, reading), checkRights(spec, ask, reading)])),
    object: (object, keys) => checkAwsObject(spec, ask, object, keys),
    ...(spec.kind === "aws-secrets-manager" ? { rotation: ({ name }) => rotationOf(ask, name) } : {}),
  };
}

async function rotationOf(ask: AwsQuestions, name: string): Promise<Told<NativeRotation | undefined>> {
  const secret = await ask.secret(name);
  return "value" in secret ? { value: secret.value.rotation } : secret;
}
