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

const api = {
  request: { url: "https://api.example/users/${username}", json: { password: "${password}" } },
  verify: { url: "https://api.example/me" },
};

/** The input with the secret `db` as the login of an account of another kind of target than a database. */
const withTarget =
  (target: Tree, secret: Tree = {}): Case["change"] =>
  ({ facts, catalogue }) => {
    facts["targets"] = { main: target };
    Object.assign(at(catalogue, "shop", "secrets", "db"), { accounts: [login] });
    Object.assign(at(catalogue, "shop", "secrets", "db", "keys"), secret);
  };
/** An HTTP API with changes of its facts, and of its request. */
const withApi = (changes: Tree = {}, request: Tree = {}): Case["change"] =>
  withTarget({ kind: "http", ...api, request: { ...api.request, ...request }, ...changes });
const grafana = { kind: "grafana", url: "https://grafana.example" };
const rotator = {
  kind: "job",
  cluster: "main",
  namespace: "rotation",
  image: "psql:18",
  command: ["sh", "-c", "true"],
};

const probe = { kind: "http", request: { url: "https://api.example", authentication: "bearer" } };

/** The input with the secret `db` that a probe tries. */
const withProbe =
  (facts: Tree | undefined, verify: unknown = [{ probe: "api", password: "password" }]): Case["change"] =>
  (input) => {
    if (facts !== undefined) input.facts["probes"] = { api: facts };
    Object.assign(at(input.catalogue, "shop", "secrets", "db"), { verify });
  };

/** The input with two targets of one server, for two databases: a login of the first one, and one of the second with this name. */
const withTwoTargets =
  (secret: Tree, ofMain: Tree = {}): Case["change"] =>
  ({ facts, catalogue }) => {
    const second = { ...main, host: "DB.example", database: "till", port: 5432 };
    facts["targets"] = { main: { ...main, ...ofMain }, second };
    Object.assign(at(catalogue, "shop", "secrets", "db"), { accounts: [login] });
    Object.assign(at(catalogue, "shop", "secrets"), {
      till: {
        keys: { username: literal("till"), password: password(), ...secret },
        accounts: [{ ...login, target: "second" }],
      },
    });
    const deliveries = at(catalogue, "shop")["deliveries"] as { from: unknown[] }[];
    for (const { from } of deliveries) from.push({ secret: "till", keys: { TILL: "password" } });
  };

/** The input with two targets of Valkey that have a server in common and one each that the other lacks, and one secret as the login of both. */
const withSharedReplica =
  (accounts: unknown, ofBoth: Tree = {}, username = "shop"): Case["change"] =>
  ({ facts, catalogue }) => {
    const valkeyAt = (host: string, replica: string) => ({ ...main, ...valkey, host, replicas: [replica], ...ofBoth });
    facts["targets"] = {
      main: valkeyAt("cache-1.example", "cache-2.example"),
      second: valkeyAt("CACHE-2.example", "cache-3.example"),
    };
    Object.assign(at(catalogue, "shop", "secrets", "db"), { accounts });
    Object.assign(at(catalogue, "shop", "secrets", "db", "keys"), { username: literal(username) });
    Object.assign(at(catalogue, "shop", "secrets"), {
      till: {
        keys: { username: literal("till"), password: password() },
        accounts: [{ ...login, target: "second" }],
      },
    });
    const deliveries = at(catalogue, "shop")["deliveries"] as { from: unknown[] }[];
    for (const { from } of deliveries) from.push({ secret: "till", keys: { TILL: "password" } });
  };

/** Servers with accounts whose logins are secrets, and what tries them. */
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
      "a previous password that is kept by saying so": withAccount([{ ...login, retirePrevious: false }]),
      "a previous password that is retired, and no workload restarted": withAccount(
        [{ ...login, retirePrevious: true }],
        { kind: "redis" },
      ),
      "a previous password that is retired, of two accounts by turns": withAccount(
        [{ ...login, retirePrevious: true }],
        { kind: "redis" },
        { username: alternating("shop_a", "shop_b") },
      ),
      "the same account twice": withAccount([login, login]),
      "two accounts of one target with one password": withAccount(
        [login, { ...login, username: "reader" }],
        {},
        { reader: literal("reader") },
      ),
      "two targets that are one server, with one account of two secrets": withTwoTargets({ username: literal("shop") }),
      "two targets that are one server, with an account that is the other's administrator": withTwoTargets(
        { username: literal("owner") },
        { administrator: "owner" },
      ),
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
      "an API without a request": withApi({ request: undefined }),
      "an API without a login": withApi({ verify: undefined }),
      "an API in clear": withApi({}, { url: "http://api.example/" }),
      "an API with the password in its URL": withApi({}, { url: "https://api.example/?password=${password}" }),
      "an API with a login in its URL": withApi({}, { url: `https://root:${canary}@api.example/` }),
      "an API with a password in a header": withApi({}, { headers: { Authorization: `Basic ${canary}` } }),
      "an API with a placeholder in its host": withApi({}, { url: "https://${username}.example/" }),
      "an API with an unknown placeholder": withApi({}, { json: { password: "${password}", pin: "${pin}" } }),
      "an API with a filter": withApi({}, { json: { password: "${password|uri}" } }),
      "an API that is not told the password": withApi({}, { json: { name: "${username}" } }),
      "an API with two bodies": withApi({}, { form: { password: "${password}" } }),
      "an API that logs in elsewhere": withApi({ verify: { url: "https://other.example/me" } }),
      "an API with a method of its own": withApi({}, { method: "PASSWORD" }),
      "an API whose header begins another": withApi({}, { headers: { "X-A": "b\r\nX-C: d" } }),
      "an API that is given the password before, of two accounts by turns": withTarget(
        { kind: "http", ...api, request: { ...api.request, json: ["${previousPassword}", "${password}"] } },
        { username: alternating("shop_a", "shop_b") },
      ),
      "a Grafana without a URL": withTarget({ kind: "grafana" }),
      "a Grafana in clear": withTarget({ kind: "grafana", url: "http://grafana.example" }),
      "a Grafana that is said to be in clear": withTarget({ ...grafana, tls: "off" }),
      "a Grafana whose administrator is the user": withTarget({ ...grafana, administrator: "shop" }),
      "a Grafana whose users set their own by turns": withTarget(grafana, {
        username: alternating("shop_a", "shop_b"),
      }),
      "an Argo CD with a query": withTarget({ kind: "argo-cd", url: "https://cd.example/?a=b" }),
      "a Job in a cluster that there is not": withTarget({ ...rotator, cluster: "other" }),
      "a Job without a command": withTarget({ ...rotator, command: [] }),
      "a Job whose command is a line": withTarget({ ...rotator, command: "rotate --all" }),
      "a Job of an image with a space": withTarget({ ...rotator, image: "psql 18" }),
      "a Job as root": withTarget({ ...rotator, runAsUser: 0 }),
      "a Job that may take a day": withTarget({ ...rotator, deadlineSeconds: 86_400 }),
      "a Job with a variable of an odd name": withTarget({ ...rotator, env: { "A-B": "c" } }),
      "a Job in a namespace with a slash": withTarget({ ...rotator, namespace: "a/b" }),
      "a Job that is given the password before, of two accounts by turns": withTarget(
        { ...rotator, previousPassword: true },
        { username: alternating("shop_a", "shop_b") },
      ),
      "two targets that share one of their servers, with one user of both": withSharedReplica([
        login,
        { ...login, target: "second" },
      ]),
      "two targets that share one of their servers, with an administrator of a secret at one": withSharedReplica(
        [login],
        { administratorSecret: "shop/db" },
        "rotator",
      ),
      "two targets that share one of their servers, with one user of two secrets": withSharedReplica(
        [login],
        {},
        "till",
      ),
      "an administrator of a secret that there is not": withAccount([login], { administratorSecret: "shop/none" }),
      "an administrator of a secret with a key": withAccount([login], { administratorSecret: "shop/db/password" }),
      "an administrator of a secret that is another account": withAccount([login], { administratorSecret: "shop/db" }),
      "a probe that facts do not have": withProbe(undefined),
      "a probe of another kind": withProbe({ kind: "ping" }),
      "a probe in clear": withProbe({ ...probe, request: { ...probe.request, url: "http://api.example" } }),
      "a probe of a whole day": withProbe({ ...probe, withinSeconds: 86_400 }),
      "a probe that sends nothing": withProbe({ ...probe, request: { ...probe.request, authentication: "none" } }),
      "a probe that needs a name": withProbe({ ...probe, request: { url: "https://api.example" } }),
      "a probe of a key that there is not": withProbe(probe, [{ probe: "api", password: "none" }]),
      "probes that are no list": withProbe(probe, "api"),
      "a Job that verifies as an administrator": withProbe({ ...rotator, administrator: "postgres" }),
      "a schedule of what is read at the first start alone": ({ catalogue }) =>
        void Object.assign(at(catalogue, "shop", "secrets", "db"), { bootstrapOnly: true, rotateEveryDays: 30 }),
      "what is read at the first start alone, as a text": ({ catalogue }) =>
        void Object.assign(at(catalogue, "shop", "secrets", "db"), { bootstrapOnly: "yes" }),
      "a target that is a list": ({ facts }) => void (facts["targets"] = [main]),
    }),
    ...accepted({
      "an account": withAccount(),
      "a user of Valkey": withAccount([login], { ...valkey, replicas: ["db-1.example"] }),
      "an account of MariaDB": withAccount([login], { ...mariadb, accountHost: "10.%" }),
      "two accounts by turns": withAccount([login], {}, { username: alternating("shop_a", "shop_b") }),
      "a target in clear": withAccount([login], { tls: "off", port: 6432, database: "shop" }),
      "a target by its address": withAccount([login], { host: "2001:db8::5" }),
      "an API": withApi({ verify: "none" }),
      "a Grafana whose user sets its own": withTarget(grafana),
      "an Argo CD whose account sets its own": withTarget({ kind: "argo-cd", url: "https://cd.example/sub" }),
      "a Job": withTarget(rotator),
      "a Job by turns": withTarget(
        {
          ...rotator,
          administrator: "postgres",
          env: { PGHOST: "db" },
          nodeSelector: { zone: "a" },
          imagePullSecrets: ["pull"],
        },
        { username: alternating("shop_a", "shop_b") },
      ),
      "an account with an odd name": withAccount([login], {}, { username: literal('shop "1"; --') }),
      "an administrator of a secret": withAccount(
        [login],
        { administrator: "shop", administratorSecret: "shop/db" },
        {
          username: literal("shop"),
        },
      ),
      "a probe": withProbe(probe),
      "a probe by a Job": withProbe(rotator),
      "two targets that share one of their servers": withSharedReplica([login]),
      "two targets that are one server": withTwoTargets({ username: literal("till") }),
      "a target that no account is of": ({ facts }) => void (facts["targets"] = { main }),
    }),
  ],
};
