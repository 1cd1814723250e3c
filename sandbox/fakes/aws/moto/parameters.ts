import type { MotoReader } from "./moto.ts";
import { arnOf } from "../call.ts";

/** A parameter of Parameter Store, without its value. */
export interface ParameterFacts {
  readonly name: string;
  readonly type: string;
  readonly tier: string;
  readonly keyId?: string;
}

/** A parameter's name without version or label (`/a/b:3`), also when it is given as an ARN. */
export function parameterName(given: string): string {
  const [, fromArn] = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(given) ?? [];
  const name = (fromArn ?? given).split(":")[0] ?? "";
  // An ARN does not say whether a name without a path had a slash; hierarchies always have one.
  return fromArn !== undefined && name.lastIndexOf("/") === 0 ? name.slice(1) : name;
}

/** ARN of a parameter: a name that begins with a slash does not get a second one. */
export function parameterArn(region: string, name: string): string {
  return arnOf({ service: "ssm", region }, `parameter/${name.replace(/^\//, "")}`);
}

/** Looks a parameter up; undefined when there is none. */
export async function findParameter(
  moto: MotoReader,
  region: string,
  name: string,
): Promise<ParameterFacts | undefined> {
  const filters = [{ Key: "Name", Option: "Equals", Values: [name] }];
  const input = { ParameterFilters: filters };
  const { Parameters } = await moto.json({ service: "ssm", region }, "AmazonSSM.DescribeParameters", input);
  const [found] = (Parameters ?? []) as readonly { Name: string; Type: string; Tier?: string; KeyId?: string }[];
  if (found === undefined) return undefined;
  return {
    ...{ name: found.Name, type: found.Type, tier: found.Tier ?? "Standard" },
    ...(found.KeyId === undefined ? {} : { keyId: found.KeyId }),
  };
}
