// Starts `segue serve` with a model, for tests of the pages in the binary. Environment variables:
//   SEGUE_MODEL       the model's folder
//   SEGUE             the program; default: build/release/bin/segue
//   SEGUE_EVALUATION  an evaluation report to serve as well
//   SEGUE_WEB_ROOT    pages to serve instead of those in the binary
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const kSegue = process.env.SEGUE ?? join(import.meta.dirname, "../../../../build/release/bin/segue");
const kModel = process.env.SEGUE_MODEL;

export async function startReal(...options) {
  assert.ok(kModel, "SEGUE_MODEL: expected the folder of a model");
  const folder = mkdtempSync(join(tmpdir(), "segue-web-"));
  const store = join(folder, "listens.sqlite");
  const named = (option, value) => (value ? [option, value] : []);
  const files = [...named("--web-root", process.env.SEGUE_WEB_ROOT), ...named("--evaluation", process.env.SEGUE_EVALUATION)];
  let process_;

  // Uses a free port the first time and the same port after that.
  async function start(port = 0) {
    process_ = spawn(kSegue, ["serve", kModel, "--store", store, "--port", String(port), ...files, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    process_.stderr.setEncoding("utf8");
    let log = "";
    return new Promise((done, failed) => {
      process_.once("error", failed);
      process_.once("exit", () => failed(new Error(`segue serve ended: ${log}`)));
      process_.stderr.on("data", (text) => {
        log += text;
        const url = /https?:\/\/[0-9.]+:\d+/.exec(log);
        if (url) done(url[0]);
      });
    });
  }
  // Sends SIGTERM; the server must exit by itself with status 0.
  async function end() {
    process_.removeAllListeners("exit");
    const ended = new Promise((done) => process_.once("exit", (status) => done(status)));
    process_.kill("SIGTERM");
    assert.equal(await ended, 0, "status of segue serve");
  }

  const url = await start();
  return {
    url,
    stopForNow: end,
    startAgain: () => start(new URL(url).port),
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true });
    },
    // Creates a token for one user, or for all users if `user` is "", and returns its secret.
    token: async (user, ...scopes) => {
      const given = ["token", "create", "--store", store, "--name", "test", "--json", ...(user ? ["--user", user] : []), ...scopes.map((scope) => `--${scope}`)];
      return JSON.parse((await promisify(execFile)(kSegue, given)).stdout).secret;
    },
    get: async (path) => (await fetch(url + path)).json(),
  };
}
