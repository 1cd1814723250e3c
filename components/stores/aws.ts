/** What every store on AWS needs. */
export interface AwsAccount {
  readonly region: string;
  /** Account number, twelve digits: rights name it, and a deployment with another account's credentials is refused. */
  readonly accountId: string;
  /** Partition of its ARNs: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** ARN of the customer key that values are encrypted with. Default: the account's own key. */
  readonly kmsKeyArn?: string;
  /** Tags of everything made in the account. */
  readonly tags: Readonly<Record<string, string>>;
}
