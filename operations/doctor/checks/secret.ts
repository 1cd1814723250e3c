import { isMerged, isMounted, isSynced, keyNamesOf, typeOf } from "../../../components/delivery/contract.ts";
import { readOnceMore } from "../../../components/external-secrets/readiness/created-once.ts";
import { own } from "../../../components/support/own.ts";
import { millisecondsOf, type OwnerReference, type SecretObject } from "../cluster-reader.ts";
import type { Examined, Finding } from "../model.ts";
import { kubectl, type AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";
import { agoOf, remedy } from "./external-secret.ts";
import { unsealAgain } from "./sealed-secret.ts";

type Remedy = Pick<Finding, "fix" | "sync">;

/** Whether the Secret is there with every key, of the type that it is to have, and nobody else writes it. */
export async function checkSecret(asked: AskedSecret): Promise<Examined> {
  const { delivery, reader, now } = asked;
  // Pods mount it; a Secret is there only while one does, if at all.
  if (isMounted(delivery)) return {};
  const { namespace, secretName: name } = delivery;
  const subject = `Secret ${namespace}/${name}`;
  const found = await reader.get("Secret", { namespace, name });
  if (isRefused(found)) return unanswered("secret", subject, found);
  const writeAgain = writeAgainBy(asked, found.value !== undefined);
  const broken = (problem: string, remedied: Remedy): Finding => ({
    link: "secret",
    severity: "broken",
    subject,
    problem,
    ...remedied,
  });
  if (found.value === undefined) {
    return {
      findings: [
        isMerged(delivery)
          ? broken("does not exist: whoever installs it has not made it yet", {
              fix: "install what owns it, then: pulumi up",
            })
          : broken("does not exist", writeAgain),
      ],
    };
  }
  const secret = found.value;
  const wanted = [...keyNamesOf(delivery)].sort();
  const findings = [
    ...wrongType(asked, secret),
    ...otherWriter(asked, secret),
    ...missingKeys(wanted, secret).map((keys) => broken(`lacks ${keysOf(keys)}`, writeAgain)),
    ...emptyKeys(asked, secret).map((keys) =>
      broken(`has an empty value under ${keysOf(keys)}`, {
        ...writeAgain,
        fix: `${writeAgain.fix ?? ""}; where it stays empty, the store's own value is`,
      }),
    ),
    ...frozen(asked, secret),
  ];
  if (findings.some(({ severity }) => severity === "broken")) return { findings };
  const at = millisecondsOf(secret.writtenAt);
  const changed = at === undefined ? "" : `, last written ${agoOf(now.getTime() - at)}`;
  return {
    findings,
    seen: [{ link: "secret", text: `${subject} (${secret.type ?? "Opaque"}) has ${keysOf(wanted)}${changed}` }],
  };
}

/**
 * What makes whoever delivers a Secret write it again.
 *
 * @param held whether the Secret is there.
 */
function writeAgainBy(asked: AskedSecret, held: boolean): Remedy {
  const { delivery } = asked;
  if (isSynced(delivery)) return held && delivery.refresh?.policy === "CreatedOnce" ? readAgain(asked) : remedy(asked);
  return { fix: delivery.via === "sealed-secret" ? unsealAgain(asked) : "pulumi up --refresh" };
}

/**
 * Of what is read once a change of its metadata is nothing to the operator, as long as the Secret is as it was written. Not for
 * `--fix`: the Secret may be meant to keep the values that it has.
 */
function readAgain(asked: AskedSecret): Remedy {
  const { namespace, secretName: name } = asked.delivery;
  return {
    fix: `it is read once (CreatedOnce); to have all of its keys read once more, with the values of now: ${kubectl(asked, readOnceMore({ namespace, name }))}`,
  };
}

function keysOf(keys: readonly string[]): string {
  return `${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`;
}

function missingKeys(wanted: readonly string[], { keys }: SecretObject): readonly (readonly string[])[] {
  const missing = wanted.filter((key) => !keys.includes(key));
  return missing.length === 0 ? [] : [missing];
}

/** Keys that are empty and are not to be: a literal may be. */
function emptyKeys(
  { delivery, environment }: AskedSecret,
  { emptyKeys: empty }: SecretObject,
): readonly (readonly string[])[] {
  const mayBeEmpty = (key: string) => {
    const source = delivery.keys.find((each) => each.key === key);
    const secret = environment.secrets.find(({ id }) => id === source?.secret);
    const recipe = secret === undefined || source === undefined ? undefined : own(secret.keys, source.from);
    return recipe?.kind === "literal" && recipe.value === "";
  };
  const wrong = empty.filter((key) => keyNamesOf(delivery).includes(key) && !mayBeEmpty(key));
  return wrong.length === 0 ? [] : [wrong];
}

function wrongType(asked: AskedSecret, { type = "Opaque" }: SecretObject): readonly Finding[] {
  const { namespace, secretName } = asked.delivery;
  const wanted = typeOf(asked.delivery);
  if (wanted === undefined || wanted === type) return [];
  return [
    {
      link: "secret",
      severity: "broken",
      subject: `Secret ${namespace}/${secretName}`,
      problem: `is of type ${type}, which Kubernetes never changes; it is to be ${wanted}`,
      fix: "give the delivery in the catalogue that type, or another secretName (docs/secret-shapes.md#type)",
    },
  ];
}

/** A controller beside the ExternalSecret or SealedSecret of the same name: the two would undo each other's changes. */
function otherWriter(asked: AskedSecret, { metadata }: SecretObject): readonly Finding[] {
  const { delivery } = asked;
  const { namespace, secretName } = delivery;
  const controller = metadata?.ownerReferences?.find(({ controller: controls }) => controls === true);
  if (controller === undefined || isMerged(delivery) || isOwn(asked, controller)) return [];
  const { kind, name } = controller;
  return [
    {
      link: "secret",
      severity: "broken",
      subject: `Secret ${namespace}/${secretName}`,
      problem: `is controlled by ${kind} ${name}, which writes it as well`,
      fix: `delete ${kind} ${name} without its Secret: ${kubectl(asked, `-n ${namespace} delete ${kind.toLowerCase()} ${name} --cascade=orphan`)}`,
    },
  ];
}

function isOwn({ delivery }: AskedSecret, { kind, name }: OwnerReference): boolean {
  const own = isSynced(delivery) ? "ExternalSecret" : delivery.via === "sealed-secret" ? "SealedSecret" : undefined;
  return kind === own && name === delivery.secretName;
}

function frozen(asked: AskedSecret, { immutable }: SecretObject): readonly Finding[] {
  if (immutable !== true) return [];
  const { namespace, secretName } = asked.delivery;
  return [
    {
      link: "secret",
      severity: "warning",
      subject: `Secret ${namespace}/${secretName}`,
      problem: "is immutable: the next rotation does not get into it",
      fix: `before a rotation, delete it, and let it be made again: ${kubectl(asked, `-n ${namespace} delete secret ${secretName}`)}`,
    },
  ];
}
