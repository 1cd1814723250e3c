import { createHmac } from "node:crypto";
import { all, ResourceHook, secret, Stash, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { canonicalJson } from "../support/canonical-json.ts";
import { targetText } from "../targets/kinds.ts";
import { probeText } from "../targets/probes/probe.ts";
import { initialEpoch } from "../values/secret-spec.ts";
import type { SecretValues } from "../values/values.ts";
import { prove, type Known, type ProveArgs } from "./prove.ts";

export interface VerifiedArgs extends ProveArgs {
  readonly values: SecretValues;
  /** Key of the digest by which the state tells values apart. */
  readonly digestKey: Output<string>;
  /** Rotation that was rolled back, where what it went back to is tried. Default: none was. */
  readonly rolledBack?: string | undefined;
  /** Depends on what delivers the secret and restarts its workloads. */
  readonly options: CustomResourceOptions;
}

/**
 * What was proved to work of a secret: a `Stash`, which the engine writes only once its hook has read every Secret that gets the
 * values, compared them, and logged in to each target with what a Secret says. It comes after the Secrets and the restarts. The
 * engine removes the value before at the end of a run without failures, so that it stays in the state until this is done. A run that
 * fails or is killed before is finished by the next one. So is what a rotation that is rolled back went back to.
 *
 * The first value of a secret is not tried: a database that is made with it can't be reached before there is one.
 */
export function verified(args: VerifiedArgs): Stash {
  const { spec, accounts, probes, values, digestKey, rolledBack, options } = args;
  const name = verifiedName(spec.id);
  // The hook gets no Outputs; it runs once the engine has the inputs, which are made of the same values.
  let known: Known | undefined;
  const digest = all([values, digestKey]).apply(([byKey, key]) => {
    const attempt = createHmac("sha256", key).update(canonicalJson(byKey)).digest("base64");
    known = { values: byKey, attempt };
    return attempt;
  });
  const verify = new ResourceHook(`verify-${name}`, async () => {
    if (known === undefined) throw new Error(`${name} is verified before its values are known`);
    await prove(args, known);
  });
  const isFirst = spec.epoch === initialEpoch && rolledBack === undefined;
  const by = [...accounts.map(({ target }) => targetText(target)), ...probes.map(({ probe }) => probeText(probe))];
  return new Stash(
    name,
    {
      input: {
        epoch: spec.epoch,
        by,
        values: secret(digest),
        // The state has these values from before that rotation: without it nothing would have changed.
        ...(rolledBack === undefined ? {} : { rolledBack }),
      },
    },
    { ...options, hooks: { beforeUpdate: [verify], ...(isFirst ? {} : { beforeCreate: [verify] }) } },
  );
}

/** `<app>/<secret>@verified`. No value can have it: neither ids nor names of keys hold an `@`. */
export function verifiedName(id: string): string {
  return `${id}@verified`;
}
