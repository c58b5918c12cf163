import { describe, expect, it } from "vitest";
import { proxyFor } from "./proxy-for.ts";

const HTTPS_PROXY = "http://proxy:3128";

describe("proxyFor", () => {
  it.each([
    ["https://api.example.com", {}, undefined],
    ["https://api.example.com", { HTTPS_PROXY }, HTTPS_PROXY],
    ["https://api.example.com", { https_proxy: HTTPS_PROXY }, HTTPS_PROXY],
    ["https://api.example.com", { HTTP_PROXY: "http://p" }, undefined],
    ["http://api.example.com", { HTTP_PROXY: "http://p" }, "http://p"],
    ["https://api.example.com", { HTTPS_PROXY: "proxy:3128" }, "http://proxy:3128"],
    ["https://localhost:6443", { HTTPS_PROXY }, undefined],
    ["https://127.0.0.1:6443", { HTTPS_PROXY }, undefined],
    ["https://[::1]:6443", { HTTPS_PROXY }, undefined],
    ["https://api.example.com", { HTTPS_PROXY, NO_PROXY: "*" }, undefined],
    ["https://api.example.com", { HTTPS_PROXY, NO_PROXY: "example.com" }, undefined],
    ["https://example.com", { HTTPS_PROXY, NO_PROXY: "example.com" }, undefined],
    ["https://example.com", { HTTPS_PROXY, NO_PROXY: ".example.com" }, HTTPS_PROXY],
    ["https://example.com", { HTTPS_PROXY, NO_PROXY: "*.example.com" }, HTTPS_PROXY],
    ["https://api.example.com", { HTTPS_PROXY, no_proxy: "a, .example.com" }, undefined],
    ["https://notexample.com", { HTTPS_PROXY, NO_PROXY: "example.com" }, HTTPS_PROXY],
    ["https://api.example.com:6443", { HTTPS_PROXY, NO_PROXY: "example.com:6443" }, undefined],
    ["https://api.example.com:6443", { HTTPS_PROXY, NO_PROXY: "example.com:443" }, HTTPS_PROXY],
    ["https://10.1.2.3:6443", { HTTPS_PROXY, NO_PROXY: "10.0.0.0/8" }, undefined],
    ["https://11.1.2.3:6443", { HTTPS_PROXY, NO_PROXY: "10.0.0.0/8" }, HTTPS_PROXY],
    ["https://10.1.2.3:6443", { HTTPS_PROXY, NO_PROXY: "10.1.2.3" }, undefined],
    ["https://[fd00::1]:6443", { HTTPS_PROXY, NO_PROXY: "fd00::/8" }, undefined],
    ["https://10.1.2.3:6443", { HTTPS_PROXY, NO_PROXY: "fd00::/8,10.0.0.0/99" }, HTTPS_PROXY],
    ["https://10.1.2.3:6443", { HTTPS_PROXY, NO_PROXY: "10.1.2.3:6443" }, undefined],
    ["https://10.1.2.3:6443", { HTTPS_PROXY, NO_PROXY: "10.1.2.3:443" }, HTTPS_PROXY],
    ["https://[fd00::1]:6443", { HTTPS_PROXY, NO_PROXY: "fd00:0::1" }, undefined],
    ["https://[fd00::1]:6443", { HTTPS_PROXY, NO_PROXY: "[fd00::1]:6443" }, undefined],
    ["https://[fd00::1]:6443", { HTTPS_PROXY, NO_PROXY: "[fd00::1]:443" }, HTTPS_PROXY],
    ["https://api.example.com", { HTTPS_PROXY, NO_PROXY: " ,:443,.,*.," }, HTTPS_PROXY],
    ["https://api.example.com", { HTTPS_PROXY, NO_PROXY: "API.Example.Com" }, undefined],
    ["https://api.example.com", { HTTPS_PROXY: "socks5://p:1080" }, "socks5://p:1080"],
    ["https://api.example.com", { HTTPS_PROXY: "", https_proxy: HTTPS_PROXY }, HTTPS_PROXY],
    ["https://api.example.com", { ALL_PROXY: HTTPS_PROXY, all_proxy: HTTPS_PROXY }, undefined],
  ])("of %s with %j is %s", (server, env, proxy) => {
    expect(proxyFor(new URL(server), env)).toBe(proxy);
  });
});
