import { main } from "@operatorkit/app-kit";
import { replicaSetApp } from "./replicaset-app.ts";

void main(replicaSetApp);
