import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "@operatorkit/observe/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../connect.ts";
import { rejection, textOf } from "../testing/bodies.ts";
import { testCa, testClientCertificate, testClientKey } from "../transport/testing/certificates.ts";
import { startHttp1Server, startHttp2Server } from "../transport/testing/test-server.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "operatorkit-client-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const version = JSON.stringify({ gitVersion: "v1.36.3" });
const refusal = JSON.stringify({ kind: "Status", status: "Failure", reason: "Unauthorized", message: "Unauthorized", code: 401 });

/** A kubeconfig whose user is what these files say. */
async function kubeconfig(url: URL, user: object): Promise<{ readonly text: string }> {
  const cluster = { server: url.href, "certificate-authority-data": Buffer.from(testCa).toString("base64") };
  return {
    text: JSON.stringify({
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  };
}

describe("credentials that rotate in files", () => {
  it("a client certificate: after a 401 the new one is shown on a new connection, and a watch on the old one runs on", async () => {
    const [certificate, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
    await writeFile(certificate, testClientCertificate);
    await writeFile(key, testClientKey);
    let isExpired = false;
    const watch = Promise.withResolvers<void>();
    await using server = await startHttp2Server(
      (request, response, connection) => {
        if (request.url === "/watch") {
          response.write("begun ");
          void watch.promise.then(() => response.end("ended"));
          return;
        }
        if (isExpired && connection === 1) response.writeHead(401, { "content-type": "application/json" }).end(refusal);
        else response.end(version);
      },
      { requireClientCertificate: true },
    );
    await using client = await connect({
      kubeconfig: await kubeconfig(server.url, { "client-certificate": certificate, "client-key": key }),
    });
    const lines = textOf(await client.request({ path: "/watch", as: "stream" }));
    await client.serverVersion();
    isExpired = true;
    expect(await rejection(client.serverVersion())).toMatchObject({ code: "Unauthorized" });
    expect(server.connections()).toBe(1);
    await writeFile(certificate, `# renewed\n${testClientCertificate}`);
    expect(await Promise.all([client.serverVersion(), client.serverVersion()])).toHaveLength(2);
    expect(server.connections()).toBe(2);
    watch.resolve();
    expect(await lines).toBe("begun ended");
    // Nobody uses the old one any more.
    await expect.poll(() => server.sessions.filter((session) => !session.closed).length).toBe(1);
  });

  it("a client certificate over HTTP/1.1", async () => {
    const [certificate, key] = [join(folder, "one.crt"), join(folder, "one.key")];
    await writeFile(certificate, testClientCertificate);
    await writeFile(key, testClientKey);
    const first = new Set<unknown>();
    await using server = await startHttp1Server(
      (request, response) => {
        if (first.size === 0) first.add(request.socket);
        if (first.has(request.socket)) response.writeHead(401, { "content-type": "application/json" }).end(refusal);
        else response.end(version);
      },
      { tls: true },
    );
    await using client = await connect({
      kubeconfig: await kubeconfig(server.url, { "client-certificate": certificate, "client-key": key }),
    });
    expect(await rejection(client.serverVersion())).toMatchObject({ code: "Unauthorized" });
    const connections = server.connections();
    await writeFile(certificate, `# renewed\n${testClientCertificate}`);
    expect(await client.serverVersion()).toEqual({ gitVersion: "v1.36.3" });
    expect(server.connections()).toBe(connections + 1);
  });

  it("a token: read again when it is a minute old, and once after a 401, on the same connection", async () => {
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "first");
    const seen: (string | undefined)[] = [];
    let good = "Bearer first";
    await using server = await startHttp2Server((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === good) response.end(version);
      else response.writeHead(401, { "content-type": "application/json" }).end(refusal);
    });
    const clock = new ManualClock();
    await using client = await connect({ kubeconfig: await kubeconfig(server.url, { tokenFile }), clock });
    await client.serverVersion();
    await writeFile(tokenFile, "second");
    await client.serverVersion();
    await clock.advance(60_000);
    good = "Bearer second";
    await client.serverVersion();
    await writeFile(tokenFile, "third");
    good = "Bearer third";
    await client.serverVersion();
    good = "nobody's";
    expect(await rejection(client.serverVersion())).toMatchObject({ code: "Unauthorized" });
    expect(seen.map((token) => token?.replace("Bearer ", ""))).toEqual(["first", "first", "second", "second", "third", "third"]);
    expect(server.connections()).toBe(1);
  });
});
