import { bareControllerSubject } from "./subjects/bare-controller-subject.ts";
import { controllerSubject } from "./subjects/controller-subject.ts";
import { helloSubject } from "./subjects/hello-subject.ts";
import { informerControllerSubject } from "./subjects/informer-controller-subject.ts";
import { jinghzhuSubject } from "./subjects/jinghzhu-subject.ts";
import { memcachedSubject } from "./subjects/memcached-subject.ts";
import { opinionatedWatcherSubject } from "./subjects/opinionated-watcher-subject.ts";
import { podSubject } from "./subjects/pod-subject.ts";
import { resourceControllerSubject } from "./subjects/resource-controller-subject.ts";
import type { Subject } from "./subject.ts";

/** The four apps, and a small operator for each way of driving the engine. */
export const subjects: readonly Subject[] = [
  memcachedSubject,
  helloSubject,
  podSubject,
  jinghzhuSubject,
  controllerSubject,
  bareControllerSubject,
  resourceControllerSubject,
  informerControllerSubject,
  opinionatedWatcherSubject,
];
