import { main } from "@operatorkit/app-kit";
import { podApp } from "./pod-app.ts";

void main(podApp);
