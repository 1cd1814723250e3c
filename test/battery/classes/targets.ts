import { alternating, literal, password, sshKeyPair } from "../../../components/values/recipe.ts";
import { accepted, at, canary, refused, type Case, type Tree } from "../case.ts";
import type { CaseClass } from "../case.ts";

const main = { kind: "postgresql", host: "db.example", administrator: "rotator" };
const mariadb = { kind: "mysql" };
const valkey = { kind: "redis" };
const login = { target: "main", username: "username", password: "password" };

/** The input with the secret `db` as the login of a target, and changes of the account, the target and the secret. */
const withAccount =
  (account: unknown = [login], target: Tree | null = {}, secret: Tree = {}): Case["change"] =>
  ({ facts, catalogue }) => {
    if (target !== null) facts["targets"] = { main: { ...main, ...target } };
    Object.assign(at(catalogue, "shop", "secrets", "db"), { accounts: account });
    Object.assign(at(catalogue, "shop", "secrets", "db", "keys"), secret);
  };

/** Servers with accounts whose logins are secrets. */
export const targets: CaseClass = {
  title: "targets and accounts",
  cases: [
    ...refused({
      "a target that facts do not have": withAccount([login], null),
      "a target of another kind": withAccount([login], { kind: "oracle" }),
      "a host of accounts with a space": withAccount([login], { ...mariadb, accountHost: "10. %" }),
      "a host of accounts that PostgreSQL has none of": withAccount([login], { accountHost: "%" }),
      "a database that MySQL does not connect to": withAccount([login], { ...mariadb, database: "shop" }),
      "an administrator of Redis with a space": withAccount([login], { ...valkey, administrator: "ro tator" }),
      "a replica with a port": withAccount([login], { ...valkey, replicas: ["db-1.example:6379"] }),
      "replicas that are no list": withAccount([login], { ...valkey, replicas: "db-1.example" }),
      "a target without a host": withAccount([login], { host: undefined }),
      "a host with a scheme": withAccount([login], { host: "https://db.example" }),
      "a host with a port": withAccount([login], { host: "db.example:5432" }),
      "a host with a login": withAccount([login], { host: `rotator:${canary}@db.example` }),
      "a port of a text": withAccount([login], { port: "5432" }),
      "a port beyond all": withAccount([login], { port: 70_000 }),
      "an administrator without a name": withAccount([login], { administrator: "" }),
      "an administrator of a name that is too long": withAccount([login], { administrator: "x".repeat(64) }),
      "an administrator who is the account": withAccount([login], { administrator: "shop" }),
      "an administrator's password among the facts": withAccount([login], { password: canary }),
      "TLS that is required": withAccount([login], { tls: "require" }),
      "TLS that is switched off as YAML reads it": withAccount([login], { tls: false }),
      "a bundle that is a path": withAccount([login], { caBundle: "/etc/ssl/ca.pem" }),
      "accounts that are no list": withAccount(login),
      "an account that is a text": withAccount(["main"]),
      "an account without a password": withAccount([{ target: "main", username: "username" }]),
      "an account with the password itself": withAccount([{ ...login, password: canary }]),
      "an account with an unknown field": withAccount([{ ...login, role: "shop" }]),
      "the same account twice": withAccount([login, login]),
      "a name that is random": withAccount([login], {}, { username: password() }),
      "a password that is fixed": withAccount([login], {}, { password: literal("shop") }),
      "a password that is a key of several lines": withAccount([login], {}, { password: sshKeyPair() }),
      "a target of a name that every object has": withAccount([{ ...login, target: "constructor" }]),
      "a target of an illegal name": withAccount([{ ...login, target: "Main DB" }]),
      "two accounts by turns that are one": withAccount([login], {}, { username: alternating("shop", "shop") }),
      "three accounts by turns": withAccount(
        [login],
        {},
        { username: { kind: "alternating", names: ["a", "b", "c"] } },
      ),
      "two accounts by turns without a target": withAccount([], {}, { username: alternating("shop_a", "shop_b") }),
      "a target that is a list": ({ facts }) => void (facts["targets"] = [main]),
    }),
    ...accepted({
      "an account": withAccount(),
      "a user of Valkey": withAccount([login], { ...valkey, replicas: ["db-1.example"] }),
      "an account of MariaDB": withAccount([login], { ...mariadb, accountHost: "10.%" }),
      "two accounts by turns": withAccount([login], {}, { username: alternating("shop_a", "shop_b") }),
      "a target in clear": withAccount([login], { tls: "off", port: 6432, database: "shop" }),
      "a target by its address": withAccount([login], { host: "2001:db8::5" }),
      "an account with an odd name": withAccount([login], {}, { username: literal('shop "1"; --') }),
      "a target that no account is of": ({ facts }) => void (facts["targets"] = { main }),
    }),
  ],
};
