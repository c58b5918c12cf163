// Our server as a process of its own, for what happens to processes. It says where it is, and serves until whoever started it is gone.
import { ApiServer } from "@operatorkit/apiserver";

const server = await ApiServer.start();
const { url, caPem, token } = server;
process.send?.({ url, caPem, token });
process.once("disconnect", () => void server.close());
