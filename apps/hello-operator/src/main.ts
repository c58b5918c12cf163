import { main } from "@operatorkit/app-kit";
import { helloApp } from "./hello-app.ts";

void main(helloApp);
