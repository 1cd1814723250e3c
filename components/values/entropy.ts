/** Source of random bytes: `crypto.randomBytes`, handed down from the edge so that tests can know what it gives. */
export type Entropy = (count: number) => Buffer;
